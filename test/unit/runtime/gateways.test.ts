/** The gateway that the engine works with, from what its config node saved. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Node, NodeAPI } from 'node-red';
import { SmsError } from '../../../nodes/core/failure';
import {
  openGateway,
  type GatewayCredentials,
  type GatewayDef,
  type OpenGateway,
} from '../../../nodes/runtime/gateways';

const VARIABLES: Readonly<Record<string, string>> = { VENDOR: 'goip', SERVER: 'http://192.168.1.10' };

/** As much of Node-RED as a gateway asks for; it knows no other node. */
const RED = {
  util: { evaluateNodeProperty: (name: string) => VARIABLES[name] ?? '' },
  nodes: { getNode: () => null },
} as unknown as NodeAPI;

function open(saved: Readonly<Record<string, unknown>>): Promise<OpenGateway> {
  const def = { id: 'gateway', type: 'smswire-gateway', name: '', z: '', options: {}, ...saved };
  const credentials = { accountId: '100001', username: 'user', password: 'password' };
  const node = { id: 'gateway', credentials } as unknown as Node<GatewayCredentials>;
  return openGateway(RED, node, def as unknown as GatewayDef, () => undefined);
}

describe('a gateway', () => {
  it('takes a variable as the value of any property', async () => {
    const opened = await open({ vendor: '${VENDOR}', url: '${SERVER}' });
    assert.equal(opened.gateway.vendor, 'goip');
    await opened.close(true);
  });

  it('names a variable without a value, whatever property it stands in', async () => {
    const fine = { vendor: 'goip', url: 'http://192.168.1.10' };
    for (const property of ['name', 'vendor', 'simulate', 'url', 'rate', 'doubt', 'tls', 'proxy']) {
      await assert.rejects(
        open({ ...fine, [property]: '${NOT_SET}' }),
        (error: unknown) =>
          error instanceof SmsError && error.code === 'invalid-config' && error.failure.params?.variable === 'NOT_SET',
        property,
      );
    }
  });

  it('is on the same account as another whose address is only written in another way', async () => {
    const ways: [string, string[]][] = [
      ['goip', ['http://192.168.1.10', 'http://192.168.1.10/goip/', 'http://192.168.1.10/goip/sendsms/']],
      ['sms57', ['http://192.168.1.10:7862', 'http://192.168.1.10:7862/sms']],
      ['ejoin', ['http://192.168.1.10', 'http://192.168.1.10:80/']],
      ['mobset', ['', 'https://sms.mobset.com:843', 'https://sms.mobset.com:843/SDK3/Sms']],
      ['hezhong', ['', 'http://39.105.107.78:28011', 'http://39.105.107.78:28011/sms/api/SendMt.do']],
    ];
    for (const [vendor, urls] of ways) {
      const keys = new Set<string>();
      for (const url of [...urls, 'http://192.168.1.11/sms']) {
        const opened = await open({ vendor, url });
        keys.add(opened.gateway.accountKey);
        await opened.close(true);
      }
      assert.equal(keys.size, 2, vendor);
    }
  });
});
