/** Section 4: fetching delivery reports, `report`. */
import type { Source } from '../driver';
import { polledBy, type Ask } from './polling';
import type { Reading } from './rows';

export function report(ask: Ask, reading: Reading): Source {
  return polledBy('report', 'reports', ask, reading);
}
