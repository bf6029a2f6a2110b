/** The field for the seconds between polls, which nodes that listen to a gateway have. */
import { readNumber } from '../../core/option';
import type { EditorNode, Verdict } from './red';
import { isBlank, isVariable } from './values';

/** Blank: as the vendor recommends. */
export function checkInterval(node: EditorNode, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const seconds = readNumber(value);
  return (seconds !== undefined && seconds >= 0) || node._('editor.error.interval');
}
