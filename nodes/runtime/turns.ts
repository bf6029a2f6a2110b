/**
 * Work that strangers can make long, such as reading a push of a megabyte, gets a turn of the event loop to itself: however
 * many pushes come at once, all else in Node-RED waits for one of them at most.
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
