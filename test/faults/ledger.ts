/**
 * Holds what the vendor took against what the flow was told, message by message. The vendor's own log is what counts, no
 * counter of ours.
 */
import assert from 'node:assert/strict';
import type { AcceptedSms } from '../../nodes/simulators/simulator';
import { OUTPUTS } from './flow';
import type { Line } from './node-red';

/** A message that was handed in. */
export interface Fed {
  readonly to: string;
  readonly payload: string;
  readonly sms: { readonly ref: string; readonly priority?: number };
}

/** What became of all messages of one vendor. Every list is of refs. */
export interface Balance {
  readonly messages: number;
  /** Neither taken by the vendor nor out of any output. */
  readonly lost: readonly string[];
  /** Not out of any output. */
  readonly untold: readonly string[];
  readonly doubled: readonly string[];
  readonly falselyAccepted: readonly string[];
  readonly falselyFailed: readonly string[];
  /** Told more than once, and not the same each time. */
  readonly contradictory: readonly string[];
  readonly toldAgain: readonly string[];
  readonly inDoubt: readonly string[];
  readonly failed: readonly string[];
}

let made = 0;

/** Messages that nothing but themselves looks like. */
export function newMessages(vendor: string, count: number): Fed[] {
  return Array.from({ length: count }, () => {
    const ref = `${vendor}-${String(made++).padStart(6, '0')}`;
    return { to: String(13_800_000_000 + made), payload: `message ${ref}`, sms: { ref } };
  });
}

/** The refs of messages that have left a send node of the vendor. */
export function told(lines: readonly Line[], vendor: string): Set<string> {
  return new Set(outcomesOf(lines, vendor).keys());
}

export function balance(
  vendor: string,
  fed: readonly Fed[],
  accepted: readonly AcceptedSms[],
  lines: readonly Line[],
): Balance {
  const outcomes = outcomesOf(lines, vendor);
  const taken = new Map<string, string[]>();
  for (const { text, to } of accepted) {
    const ref = /[a-z0-9]+-\d{6}/.exec(text)?.[0] ?? text;
    taken.set(ref, [...(taken.get(ref) ?? []), to]);
  }
  const refs = fed.map(({ sms }) => sms.ref);
  const known = new Set(refs);
  for (const ref of [...taken.keys(), ...outcomes.keys()]) assert.ok(known.has(ref), `nobody has sent ${ref}`);
  for (const { sms, to } of fed) {
    for (const number of taken.get(sms.ref) ?? []) assert.ok(number.endsWith(to), `${sms.ref} went to ${number}`);
  }
  const times = (ref: string): number => taken.get(ref)?.length ?? 0;
  const said = (ref: string, output: string): boolean => outcomes.get(ref)?.[0]?.output === output;
  return {
    messages: fed.length,
    lost: refs.filter((ref) => times(ref) === 0 && !outcomes.has(ref)),
    untold: refs.filter((ref) => !outcomes.has(ref)),
    doubled: refs.filter((ref) => times(ref) > 1),
    falselyAccepted: refs.filter((ref) => said(ref, 'accepted') && times(ref) === 0),
    falselyFailed: refs.filter((ref) => said(ref, 'failed') && times(ref) > 0),
    contradictory: refs.filter((ref) => new Set(outcomes.get(ref)?.map(({ says }) => says)).size > 1),
    toldAgain: refs.filter((ref) => (outcomes.get(ref)?.length ?? 0) > 1),
    inDoubt: refs.filter((ref) => said(ref, 'doubt')),
    failed: refs.filter((ref) => said(ref, 'failed')),
  };
}

interface Told {
  readonly output: string;
  readonly says: string;
}

/** What each message was told to have become, by its ref. */
function outcomesOf(lines: readonly Line[], vendor: string): Map<string, Told[]> {
  const found = new Map<string, Told[]>();
  for (const { node, msg } of lines) {
    const output = OUTPUTS.find((name) => node === `${name}-${vendor}`);
    if (!output) continue;
    const { ref, key, recipients } = msg.sms as { ref: string; key: string; recipients: unknown };
    const outcome = { output, says: JSON.stringify([output, key, recipients, msg.to, msg.payload]) };
    found.set(ref, [...(found.get(ref) ?? []), outcome]);
  }
  return found;
}
