/** The config node `smswire-gateway`: one vendor account or device. */
import type { NodeAPI } from 'node-red';
import { ACCOUNT_CODES, failure, failureOf, type Failure } from '../core/failure';
import { atMost } from '../core/patience';
import { engineOf } from '../runtime/engine';
import { openGateway, type GatewayCredentials, type GatewayDef, type GatewayNode } from '../runtime/gateways';
import { guard } from '../runtime/guard';
import { Texts } from '../runtime/texts';
import { serveVendorList } from '../runtime/vendor-list';

/** Milliseconds that a deploy or a stop waits for answers that are under way. */
const GRACE = 5_000;

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);
  serveVendorList(RED);

  function Gateway(this: GatewayNode, def: GatewayDef): void {
    RED.nodes.createNode(this, def);
    this.vendor = def.vendor;
    const { dispatcher, attachGateway, drained, flush } = engineOf(RED);
    const name = def.name || def.vendor;
    const said = new Set<string>();
    let detach = (_removed: boolean): void => undefined;
    let closed = false;

    const broken = (reason: Failure): void => {
      this.error(texts.sentence(reason));
      if (!closed) detach = attachGateway({ id: this.id, name, vendor: def.vendor, failure: reason });
    };

    this.opened = openGateway(RED, this, def, (key, params) => {
      if (said.has(key)) return;
      said.add(key);
      this.warn(texts.text(`vendors.${def.vendor}.notices.${key}`, params));
    }).then(
      (opened) => {
        if (!closed) detach = attachGateway(opened.gateway);
        const { simulatorUrl: url } = opened;
        if (url !== undefined) this.log(texts.text('gateway.simulator', { url }));
        return opened;
      },
      (error: unknown) => {
        broken(failureOf(error, failure('invalid-config', 'options', { field: 'options' })));
        return undefined;
      },
    );

    // The alarm of an account that is paused or fails: one line when that begins, one when it works again.
    let alarm: Failure | undefined;
    const tell = (reason: Failure | undefined): void => {
      if (reason?.code === 'invalid-config' || reason?.code === alarm?.code) return;
      alarm = reason;
      if (!reason) {
        this.log(texts.text('gateway.resumed'));
        return;
      }
      const key = ACCOUNT_CODES.has(reason.code) ? 'gateway.paused' : 'gateway.failing';
      this.warn(texts.text(key, { reason: texts.error(reason, def.vendor).message }));
    };
    const unwatch = dispatcher.watchGateway(
      this.id,
      guard(tell, () => undefined),
    );

    const close = async (removed: boolean): Promise<void> => {
      closed = true;
      unwatch();
      detach(removed);
      // If the process ends now, a message under way is in doubt, and what a vendor hands out only once is lost.
      await atMost(GRACE, drained(this.id));
      await (await this.opened)?.close(removed);
      await flush();
    };
    this.on('close', (removed: boolean, done: () => void) => {
      close(removed)
        .catch(() => undefined)
        .finally(done);
    });
  }

  RED.nodes.registerType<GatewayNode, GatewayDef, object, GatewayCredentials>('smswire-gateway', Gateway, {
    credentials: { accountId: { type: 'text' }, username: { type: 'text' }, password: { type: 'password' } },
  });
}
