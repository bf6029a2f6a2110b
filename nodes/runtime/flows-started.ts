/** Waiting for the end of a deploy: before it, nodes that a message goes to may not be there yet. */
import type { NodeAPI } from 'node-red';

const waiting = new Set<() => void>();
/** To be called before the flows stop. */
const open = new Set<() => void>();
/** Emitters that are listened to: one listener serves all nodes, for emitters warn of many. */
const heard = new WeakSet();

/** Calls back once all flows are started. The callback must not throw. Gives what cancels the wait. */
export function whenFlowsStarted(red: NodeAPI, callback: () => void): () => void {
  if (!heard.has(red.events)) {
    heard.add(red.events);
    red.events.on('flows:started', () => {
      const ready = [...waiting];
      waiting.clear();
      for (const start of ready) start();
    });
    red.events.on('flows:stopping', () => {
      for (const end of open) end();
    });
  }
  waiting.add(callback);
  return () => {
    waiting.delete(callback);
  };
}

/** Calls back after every start of the flows, until what it gives is called. The callback must not throw. */
export function wheneverFlowsStart(red: NodeAPI, callback: () => void): () => void {
  const wait = (): (() => void) =>
    whenFlowsStarted(red, () => {
      cancel = wait();
      callback();
    });
  let cancel = wait();
  return () => {
    cancel();
  };
}

/** Calls `begin` after every start of the flows, and what that gives before they stop. Neither must throw. */
export function whileFlowsRun(red: NodeAPI, begin: () => () => void): () => void {
  let stop: (() => void) | undefined;
  const end = (): void => {
    stop?.();
    stop = undefined;
  };
  const cancel = wheneverFlowsStart(red, () => {
    end();
    stop = begin();
  });
  open.add(end);
  return () => {
    open.delete(end);
    cancel();
    end();
  };
}
