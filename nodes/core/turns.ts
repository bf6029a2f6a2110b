/**
 * Work that may take long, such as reading a push of a megabyte or the answer to a request with hundreds of recipients, gets
 * a turn of the event loop to itself: however much of it comes at once, all else in Node-RED waits for one piece at most.
 */

let last: Promise<void> = Promise.resolve();

/** Resolves in a turn that no other caller of this function gets. */
export function ownTurn(): Promise<void> {
  last = last.then(
    () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      }),
  );
  return last;
}
