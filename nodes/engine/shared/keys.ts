/** Under which keys the instances that share a store write to each other. */
import { sortable } from '../store/keys';

/** What an instance asks of the worker: `call!<instance>!<number>`. */
export const CALLS = 'call!';
/** What the worker answers: `answer!<instance>!<number>`. */
export const ANSWERS = 'answer!';
/** Number of the last call of an instance that may be taken once only: `taken!<instance>`. */
export const TAKEN = 'taken!';
/** Outcomes on their way to an instance: `outcome!<instance>!<epoch of the worker>-<number>`. */
export const OUTCOMES = 'outcome!';
/** Gateways that are paused or cannot work, and why: `alarm!<gateway>`. */
export const ALARMS = 'alarm!';

export function callKey(instance: string, number: number): string {
  return `${CALLS}${instance}!${sortable(number)}`;
}

export function answerKey(instance: string, number: number): string {
  return `${ANSWERS}${instance}!${sortable(number)}`;
}

export function outcomeKey(instance: string, epoch: number, number: number): string {
  return `${OUTCOMES}${instance}!${sortable(epoch)}-${sortable(number)}`;
}

/** The instance that a key of one of these forms names. */
export function instanceOf(key: string): string {
  return key.split('!')[1] ?? '';
}
