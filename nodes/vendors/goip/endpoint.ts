/** Section 1: where the calls are. `http://<IP>/goip/<call>/`, and the slash at the end may not be left out. */
import { failure, SmsError } from '../../core/failure';

export type Call = 'sendsms' | 'querysms' | 'querylines';

/** What people paste: the root, the folder of the interface, or one of its calls. */
const INTERFACE = /\/goip(?:\/(?:sendsms|querysms|querylines))?$/;

/** The address of every call, from what the user typed. Throws `invalid-config` where that is no address. */
export function endpoint(typed: string): (call: Call) => string {
  const root = URL.canParse(typed.trim()) ? new URL(typed.trim()) : undefined;
  const isRoot =
    root !== undefined && /^https?:$/.test(root.protocol) && !root.username && !root.password && !root.search;
  if (!isRoot) throw new SmsError(failure('invalid-config', 'goip-url', { field: 'url' }));
  const path = root.pathname.replace(/\/+$/, '').replace(INTERFACE, '');
  return (call) => `${root.origin}${path}/goip/${call}/`;
}
