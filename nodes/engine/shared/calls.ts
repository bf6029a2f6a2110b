/**
 * What the instances ask of the worker. A call is kept before anything else becomes of it, so it outlives the instance that
 * made it and the worker that was to take it.
 */
import type { Failure } from '../../core/failure';
import type { EventKind, Push } from '../../vendors/driver';
import type { CancelOutcome, Order, Verdict, VerdictTaken } from '../dispatcher';
import type { PushTaken, ReportEvent, SendQuery } from '../events';

/** What travels in the place of an envelope: where it came from, and what is left of it elsewhere. */
export interface Packed {
  /** Number of the call at its instance. */
  readonly call: number;
  readonly envelope: unknown;
}

/** Each kind of call, what it carries and what comes back. */
export interface Calls {
  /** Its outcome comes back later, so the answer is nothing. */
  readonly send: { readonly args: Order; readonly answer: undefined };
  readonly settle: { readonly args: Verdict; readonly answer: VerdictTaken };
  readonly cancel: {
    readonly args: { readonly gateway: string; readonly ids: readonly string[] };
    readonly answer: CancelOutcome;
  };
  readonly push: {
    readonly args: { readonly gateway: string; readonly push: Push; readonly node?: string };
    readonly answer: PushTaken;
  };
  readonly poll: {
    readonly args: { readonly gateway: string; readonly kind: EventKind };
    readonly answer: Failure | undefined;
  };
  readonly find: {
    readonly args: { readonly gateway: string; readonly query: SendQuery };
    readonly answer: readonly ReportEvent[];
  };
  readonly ids: { readonly args: { readonly device: string; readonly count: number }; readonly answer: number };
}

export type CallKind = keyof Calls;

/** A call as it is kept. */
export type Call = {
  readonly [Kind in CallKind]: { readonly kind: Kind; readonly args: Calls[Kind]['args'] };
}[CallKind];

/** An answer as it is kept. */
export type Answer = { readonly value?: unknown } | { readonly failure: Failure };
