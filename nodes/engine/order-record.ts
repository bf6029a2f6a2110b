/** What is kept of an order: what was handed in, and step by step how far its recipients have come. */
import type { Attempt, Order } from './dispatcher';
import { valueOf } from './maps';
import { Message, type Recipient, type RecipientName } from './message';

/** An order as it was handed in. */
export interface OrderRecord {
  readonly order: Order;
  /** Epoch milliseconds at which it was handed in. */
  readonly since: number;
  /** Absent: it is about all recipients of the order. */
  readonly only?: readonly RecipientName[];
  /** How far it had come when this was written. Absent: nowhere. */
  readonly step?: StepRecord;
}

/** A step: what it changed, and of whom. A later one overrides an earlier one. */
export interface StepRecord {
  readonly groups: readonly Group[];
  readonly attempts?: readonly Attempt[];
  readonly raw?: unknown;
  readonly isOut?: true;
}

/** What is kept of a recipient, as far as it is not as in a new one. */
const KEPT = [
  ...(['state', 'settled', 'failure', 'gateway', 'path', 'later', 'paused', 'rounds', 'retryAt', 'resends'] as const),
  ...(['doubt', 'due', 'lastState', 'sentAt', 'isSettledElsewhere', 'intent'] as const),
] as const;

type Progress = Partial<Pick<Recipient, (typeof KEPT)[number]>>;

/** What a step does not mention is as in a new recipient. */
const FRESH = {
  ...{ state: 'queued', settled: false, failure: undefined, gateway: undefined, doubt: undefined, due: undefined },
  ...{ rounds: 0, retryAt: 0, resends: 0, lastState: 'rejected', sentAt: undefined, isSettledElsewhere: false },
  intent: undefined,
} as const;

/** Recipients that have come equally far. */
interface Group {
  /** Places in the message: the first and how many, alternately. */
  readonly places: readonly number[];
  readonly progress: Progress;
  /** The vendor's ids, one element for each recipient; absent where none has any. */
  readonly ids?: readonly (string | readonly string[] | null)[];
  /** The ids that we chose, one for each recipient; absent where there are none. */
  readonly clientIds?: readonly (number | null)[];
}

export function recordOf({ order, since, only }: Message, step: StepRecord | undefined): OrderRecord {
  return { order, since, ...(only ? { only } : {}), ...(step ? { step } : {}) };
}

export function progressGroups(recipients: readonly Recipient[]): Group[] {
  const [first] = recipients;
  if (first && recipients.length === 1) return [groupOf(progressOf(first), [first])];
  const groups = new Map<string, { progress: Progress; members: Recipient[] }>();
  let last: { progress: Progress; members: Recipient[] } | undefined;
  for (const recipient of recipients) {
    const before = last?.members[0];
    // Those of one request have the very same, and there are many of them.
    if (!last || !before || !KEPT.every((name) => recipient[name] === before[name])) {
      const progress = progressOf(recipient);
      last = valueOf(groups, JSON.stringify(progress), () => ({ progress, members: [] }));
    }
    last.members.push(recipient);
  }
  return [...groups.values()].map(({ progress, members }) => {
    members.sort((one, other) => one.index - other.index);
    return groupOf(progress, members);
  });
}

/** Of members in their order. */
function groupOf(progress: Progress, members: readonly Recipient[]): Group {
  const ids = members.map(({ id, ids: several }) => several ?? id ?? null);
  const clientIds = members.map(({ clientId }) => clientId ?? null);
  return {
    places: placesOf(members),
    progress,
    ...(ids.some((id) => id !== null) ? { ids } : {}),
    ...(clientIds.some((id) => id !== null) ? { clientIds } : {}),
  };
}

/** The message as it was when the last of the steps was kept. */
export function restore({ order, since, only, step }: OrderRecord, steps: readonly StepRecord[]): Message {
  const message = new Message(order, since, only);
  message.addAll();
  for (const { groups, attempts = [], raw, isOut } of step ? [step, ...steps] : steps) {
    for (const attempt of attempts) message.note(attempt);
    if (raw !== undefined) message.raw = raw;
    if (isOut) message.isOut = true;
    for (const group of groups) restoreGroup(message, group);
  }
  message.open = message.recipients.filter(({ settled }) => !settled).length;
  return message;
}

function restoreGroup({ recipients }: Message, { places, progress, ids, clientIds }: Group): void {
  let member = 0;
  for (let pair = 0; pair + 1 < places.length; pair += 2) {
    const [first = 0, count = 0] = places.slice(pair, pair + 2);
    for (const recipient of recipients.slice(first, first + count)) {
      const id = ids?.[member] ?? undefined;
      const clientId = clientIds?.[member] ?? undefined;
      member++;
      const { path = [], later = [], paused = [] } = progress;
      Object.assign(recipient, FRESH, progress, {
        ...{ path, later, paused, clientId },
        id: Array.isArray(id) ? (id as readonly string[])[0] : id,
        ids: Array.isArray(id) ? id : undefined,
      });
    }
  }
}

function progressOf(recipient: Recipient): Progress {
  const progress: Record<string, unknown> = {};
  for (const name of KEPT) {
    const value = recipient[name];
    if (value === undefined || value === false || value === 0) continue;
    if (Array.isArray(value) && value.length === 0 && name !== 'path') continue;
    progress[name] = value;
  }
  return progress;
}

function placesOf(members: readonly Recipient[]): number[] {
  const places: number[] = [];
  for (const { index } of members) {
    const [first = 0, count = 0] = places.slice(-2);
    if (places.length > 0 && first + count === index) places[places.length - 1] = count + 1;
    else places.push(index, 1);
  }
  return places;
}
