/** What the dialog of a webhook is told of Node-RED's settings and of the vendors. */
import type { NodeAPI } from 'node-red';
import { VENDORS } from '../vendors/registry';
import { httpNodeRoot } from './webhooks';

/** As it comes in JSON. */
export interface WebhookInfo {
  /** Where HTTP nodes begin; `false` where Node-RED serves none. */
  readonly root: string | false;
  /** HTTP nodes ask for a login, which no vendor has. */
  readonly login: boolean;
  /** By vendor how many characters the URL may have; absent: any. */
  readonly longest: Readonly<Record<string, number>>;
}

/** Answers `GET smswire-admin/webhook`. */
export function serveWebhookInfo(red: NodeAPI): void {
  red.httpAdmin.get('/smswire-admin/webhook', red.auth.needsPermission('smswire.read'), (_request, response) => {
    const { httpNodeAuth } = red.settings as { httpNodeAuth?: unknown };
    const info: WebhookInfo = {
      root: httpNodeRoot(red),
      login: Boolean(httpNodeAuth),
      longest: Object.fromEntries(
        [...VENDORS.values()].flatMap(({ id, capabilities: { longestPushUrl: most } }) => (most ? [[id, most]] : [])),
      ),
    };
    response.json(info);
  });
}
