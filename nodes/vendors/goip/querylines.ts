/** Section 4: the state of all lines. */
import type { Failure } from '../../core/failure';
import type { HttpAnswer } from '../driver';
import { readRows } from './rows';

/** What the answer to `querylines` (4.2) says against the account: nothing, where it is a list, be it an empty one. */
export function readProbe(answer: HttpAnswer): Failure | undefined {
  const rows = readRows(answer);
  return 'code' in rows ? rows : undefined;
}
