/**
 * Entries one by one of what is read page by page. Not a generator: where very many are read at a start, its promises take as
 * long as all else.
 */
import type { Entry } from './store';

/** `pages` begins to read when the first entry is asked for. */
export function entriesOf(pages: AsyncGenerator<readonly Entry[], void>): AsyncIterable<Entry> {
  let page: Iterator<Entry, unknown> = [].values();
  const turn = async (): Promise<IteratorResult<Entry>> => {
    for (;;) {
      const turned = await pages.next();
      if (turned.done) return { done: true, value: undefined };
      page = turned.value.values();
      const first = page.next();
      if (!first.done) return first;
    }
  };
  const iterator: AsyncIterator<Entry> = {
    next: () => {
      const entry = page.next();
      return entry.done ? turn() : Promise.resolve(entry);
    },
    return: async () => {
      await pages.return();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
