/** What a webhook node is told, with the values of variables put in. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SmsError, failure } from '../core/failure';
import { readAllowList, type AllowList } from '../runtime/allow-list';
import { SECRET_PATH } from '../runtime/callback-url';
import { resolveVariables } from '../runtime/environment';

/** What a webhook node saves into the flow (contract, section 4). */
export interface WebhookDef extends NodeDef {
  gateway: unknown;
  allow: unknown;
}

export interface WebhookCredentials {
  path?: string;
}

export type WebhookNode = Node<WebhookCredentials>;

export interface WebhookConfig {
  /** Id of the gateway node; blank where none is chosen. */
  readonly gateway: string;
  /** Blank: it does not listen. */
  readonly path: string;
  readonly allow: AllowList;
}

/** Throws an `SmsError` of code `invalid-config` that names what has to be mended. */
export function readConfig(red: NodeAPI, node: WebhookNode, def: WebhookDef): WebhookConfig {
  const read = (value: unknown): string => {
    const resolved = resolveVariables(value, (name) => red.util.evaluateNodeProperty(name, 'env', node, {}));
    return typeof resolved === 'string' || typeof resolved === 'number' ? String(resolved).trim() : '';
  };
  const path = read((node.credentials as WebhookCredentials | undefined)?.path);
  if (path !== '' && !SECRET_PATH.test(path)) {
    throw new SmsError(failure('invalid-config', 'webhook-path', { field: 'path' }));
  }
  const { list, wrong } = readAllowList(read(def.allow));
  const [entry] = wrong;
  if (entry !== undefined) {
    throw new SmsError(failure('invalid-config', 'allow', { field: 'allow', entry: entry.slice(0, 60) }));
  }
  return { gateway: read(def.gateway), path, allow: list };
}
