/** 1.1: the address of all calls, `http://host:port/sms`. */
import { failure, SmsError } from '../../core/failure';

/** The full address from what the user typed; `/sms` where it has no path. Throws `invalid-config` for no address. */
export function endpoint(typed: string): string {
  const url = URL.canParse(typed.trim()) ? new URL(typed.trim()) : undefined;
  // A query would be read before our form: the number in a pasted example could receive every message.
  const isAddress =
    url !== undefined && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search;
  if (!isAddress) throw new SmsError(failure('invalid-config', 'sms57-url', { field: 'url' }));
  return url.origin + (url.pathname === '/' ? '/sms' : url.pathname);
}
