/** Texts of the gateway's catalog, which also holds the shared ones and the vendors'. */
import type { TextParams } from './red';

const GATEWAY = '@smswire/node-red-smswire/smswire-gateway';

/** Undefined where there is no such text. A key that is written out goes to `RED._` itself, where the build checks it. */
export function sharedText(key: string, params?: TextParams): string | undefined {
  const text = RED._(`${GATEWAY}:${key}`, params);
  return text.endsWith(key) ? undefined : text;
}
