/** Section 5: fetching inbound SMS, `mo`. */
import type { Source } from '../driver';
import { polledBy, type Ask } from './polling';
import type { Reading } from './rows';

export function mo(ask: Ask, reading: Reading): Source {
  return polledBy('mo', 'inbound', ask, reading);
}
