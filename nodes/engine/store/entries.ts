/**
 * Entries one by one of what is read page by page. Not a generator: where very many are read at a start, its promises take as
 * long as all else.
 */
import type { Entry } from './store';

/** `pages` begins to read when the first entry is asked for. */
export function entriesOf(pages: AsyncGenerator<readonly Entry[], void>): AsyncIterable<Entry> {
  let page: readonly Entry[] = [];
  let at = 0;
  const turn = async (): Promise<IteratorResult<Entry, undefined>> => {
    do {
      const next = await pages.next();
      if (next.done) return { done: true, value: undefined };
      page = next.value;
      at = 0;
    } while (page.length === 0);
    return take(page[at++]);
  };
  const iterator: AsyncIterator<Entry, undefined> = {
    next: () => (at < page.length ? Promise.resolve(take(page[at++])) : turn()),
    return: async () => {
      await pages.return();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function take(entry: Entry | undefined): IteratorResult<Entry, undefined> {
  return entry ? { done: false, value: entry } : { done: true, value: undefined };
}
