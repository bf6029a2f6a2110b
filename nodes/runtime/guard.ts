/**
 * The one wrapper around everything that Node-RED, a timer or an emitter calls: an error that leaves such a place would
 * end the whole Node-RED process.
 */
import type { Node } from 'node-red';
import { failure, failureOf } from '../core/failure';
import type { Texts } from './texts';

/** What is wrong with an input where nobody knows better. */
export const UNEXPECTED = failure('invalid-message', 'unexpected');

export type Guarded = <Args extends unknown[]>(
  work: (...args: Args) => void | Promise<void>,
) => (...args: Args) => void;

/** Makes a callback, also an async one, that never throws and never rejects. What it throws goes to `report`. */
export function guard<Args extends unknown[]>(
  work: (...args: Args) => void | Promise<void>,
  report: (error: unknown, ...args: Args) => void,
): (...args: Args) => void {
  const tell = (error: unknown, args: Args): void => {
    try {
      report(error, ...args);
    } catch {
      // There is nobody left to tell.
    }
  };
  return (...args) => {
    try {
      const result = work(...args);
      if (result instanceof Promise)
        result.catch((error: unknown) => {
          tell(error, args);
        });
    } catch (error) {
      tell(error, args);
    }
  };
}

/** Makes guarded callbacks of a node, which says itself what they throw: `otherwise` where that is none of our failures. */
export function guardOf(node: Node, texts: Texts, otherwise = UNEXPECTED): Guarded {
  return (work) =>
    guard(work, (error, ..._args) => {
      node.error(texts.sentence(failureOf(error, otherwise)));
    });
}
