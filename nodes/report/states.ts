/** The states that a report node lets through: how they are saved, and what they may be. */
import { STATES, type State } from '../core/state';

/** Those that a vendor may report, in the order in which an SMS goes through them; the dialog offers these. */
export const REPORTED_STATES = ['sent', 'delivered', 'undelivered', 'unknown'] as const satisfies readonly State[];

/** The names in an array or in a text with commas between them; what is no text has none. */
export function stateNames(value: unknown): string[] {
  const parts = Array.isArray(value) ? (value as unknown[]) : [value];
  return parts
    .flatMap((part) => (typeof part === 'string' ? part.split(/[,;\s\uFF0C\uFF1B]+/) : []))
    .filter((name) => name !== '');
}

/** Whether there is a state of that name. */
export function isState(name: string): name is State {
  return (STATES as readonly string[]).includes(name);
}
