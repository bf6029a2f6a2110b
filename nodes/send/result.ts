/** What leaves a send node: the outcome of an order as messages on its three outputs (contract, section 3). */
import { isDeepStrictEqual } from 'node:util';
import { segmentsOf, type Segments } from '../core/segments';
import { RETRY, type Failure } from '../core/failure';
import { ACCEPTED_STATES, FAILED_STATES, type State } from '../core/state';
import type { Attempt, GatewayName, Outcome, RecipientOutcome } from '../engine/dispatcher';
import type { ErrorShape, Texts } from '../runtime/texts';
import type { Carried, SendMessage } from './input';

/** Attempts that a message carries from node to node. */
const MOST_ATTEMPTS = 100;

interface ResultRecipient {
  to: string;
  id?: string;
  ids?: readonly string[];
  state: State;
  item?: number;
  error?: ErrorShape;
}

export interface Result {
  /** Outputs 1 to 3; undefined where the output has nothing. */
  readonly outputs: readonly [SendMessage | undefined, SendMessage | undefined, SendMessage | undefined];
  /** All recipients together. */
  readonly whole: SendMessage;
  /** The failures of outputs 2 and 3, for those who wire neither. */
  readonly failures: readonly [undefined, Failure | undefined, Failure | undefined];
}

/** Which output a state leaves by: 0, 1 or 2. Whoever wants to hear of the delivery is told of nothing less as success. */
export function outputOf(state: State, until: Outcome['until']): 0 | 1 | 2 {
  if (until === 'delivered' ? state === 'delivered' : ACCEPTED_STATES.has(state)) return 0;
  return FAILED_STATES.has(state) ? 1 : 2;
}

export function resultOf(outcome: Outcome, msg: SendMessage, carried: Carried, texts: Texts): Result {
  const builder = new MessageBuilder(outcome, msg, carried, texts);
  const byOutput: [RecipientOutcome[], RecipientOutcome[], RecipientOutcome[]] = [[], [], []];
  for (const recipient of outcome.recipients) byOutput[outputOf(recipient.state, outcome.until)].push(recipient);
  const one = (output: 0 | 1 | 2): SendMessage | undefined =>
    byOutput[output].length > 0 ? builder.build(byOutput[output], output) : undefined;
  return {
    outputs: [one(0), one(1), one(2)],
    whole: builder.build(outcome.recipients),
    failures: [undefined, worstOf(byOutput[1]), worstOf(byOutput[2])],
  };
}

/** A message that was refused before it became an order: nothing of it is changed but `msg.sms`. */
export function refusalOf(reason: Failure, msg: SendMessage, key: string, texts: Texts): Result {
  const { once, priority, ref, options, attempts } = (msg.sms ?? {}) as Record<string, unknown>;
  const refused: SendMessage = {
    ...msg,
    sms: {
      ...(once === undefined ? {} : { once }),
      ...(priority === undefined ? {} : { priority }),
      ...(ref === undefined ? {} : { ref }),
      ...(options === undefined ? {} : { options }),
      key,
      state: 'rejected',
      recipients: [],
      attempts: Array.isArray(attempts) ? (attempts as unknown[]) : [],
      error: texts.error(reason, ''),
    },
  };
  return { outputs: [undefined, refused, undefined], whole: refused, failures: [undefined, reason, undefined] };
}

class MessageBuilder {
  /** By the text: what leaves by an output is counted again for the whole. */
  readonly #counted = new Map<string, Segments>();

  constructor(
    private readonly outcome: Outcome,
    private readonly msg: SendMessage,
    private readonly carried: Carried,
    private readonly texts: Texts,
  ) {}

  build(recipients: readonly RecipientOutcome[], output?: 0 | 1 | 2): SendMessage {
    const items = [...new Set(recipients.map(({ item }) => item))].sort((a, b) => a - b);
    const place = new Map(items.map((item, index) => [item, index]));
    const texts = items.map((item) => this.outcome.items[item]?.text ?? '');
    const gateway = gatewayOf(recipients, this.outcome.attempts);
    const worst = worstOf(recipients);
    const { once, priority, ref, options } = this.carried;
    // A spread that properties follow would give each message a shape of its own in Node.js 20, which takes time and space.
    return Object.assign(
      { sms: undefined, ...this.msg },
      {
        payload: this.outcome.batch ? entriesOf(recipients, texts, place) : texts[0],
        to: recipients.map(({ to }) => to),
        sms: {
          ...(once === undefined || output === 0 ? {} : { once }),
          ...(priority === undefined ? {} : { priority }),
          ...(ref === undefined ? {} : { ref }),
          ...(options === undefined ? {} : { options }),
          key: this.outcome.key,
          ...(gateway ? { gateway: gateway.name, gatewayId: gateway.id, vendor: gateway.vendor } : {}),
          state: sharedState(recipients),
          recipients: recipients.map((recipient) => this.#recipient(recipient, place.get(recipient.item) ?? 0)),
          segments: this.#segments(texts),
          attempts: this.#attempts(),
          ...(worst ? { error: this.texts.error(worst, gateway?.vendor ?? '') } : {}),
          ...(this.outcome.raw === undefined ? {} : { raw: this.outcome.raw }),
        },
      },
    );
  }

  #segments(texts: readonly string[]): Segments | Segments[] {
    return this.outcome.batch ? texts.map((text) => this.#segmentsOf(text)) : this.#segmentsOf(texts[0] ?? '');
  }

  #segmentsOf(text: string): Segments {
    const segments = this.#counted.get(text) ?? segmentsOf(text);
    this.#counted.set(text, segments);
    return { ...segments };
  }

  #recipient({ to, id, ids, state, failure, gateway }: RecipientOutcome, place: number): ResultRecipient {
    return {
      to,
      ...(id === undefined ? {} : { id }),
      ...(ids === undefined ? {} : { ids }),
      state,
      ...(this.outcome.batch ? { item: place } : {}),
      ...(failure ? { error: this.texts.error(failure, gateway?.vendor ?? '') } : {}),
    };
  }

  /** Those that came first. What comes back with a word on its doubt brings attempts that the outcome tells as well. */
  #attempts(): unknown[] {
    const own = this.outcome.attempts.map((attempt) => this.#attempt(attempt));
    const { attempts = [] } = this.carried;
    const earlier = attempts.filter((attempt) => !own.some((each) => isDeepStrictEqual(each, attempt)));
    return [...earlier, ...own].slice(-MOST_ATTEMPTS);
  }

  #attempt({ gateway, at, to, state, failure }: Attempt): object {
    return {
      gateway: gateway.name,
      gatewayId: gateway.id,
      at,
      to,
      state,
      ...(failure ? { error: this.texts.error(failure, gateway.vendor) } : {}),
    };
  }
}

/** The items of a batch that these recipients are of, as an input of the same shape. */
function entriesOf(
  recipients: readonly RecipientOutcome[],
  texts: readonly string[],
  place: ReadonlyMap<number, number>,
): { to: string[]; text: string }[] {
  const entries = texts.map((text) => ({ to: [] as string[], text }));
  for (const { item, to } of recipients) entries[place.get(item) ?? 0]?.to.push(to);
  return entries;
}

function sharedState(recipients: readonly RecipientOutcome[]): State | 'mixed' {
  const states = new Set(recipients.map(({ state }) => state));
  const [state] = states;
  return states.size === 1 && state ? state : 'mixed';
}

/** The gateway that all of them came to this at; where they differ, the one that was asked last. */
function gatewayOf(recipients: readonly RecipientOutcome[], attempts: readonly Attempt[]): GatewayName | undefined {
  const first = recipients.find(({ gateway }) => gateway)?.gateway;
  const same = recipients.every(({ gateway }) => gateway?.id === first?.id);
  return same ? first : (attempts.at(-1)?.gateway ?? first);
}

/** The failure that stands for several: a doubt before all else, then what a user can mend, then the first. */
function worstOf(recipients: readonly RecipientOutcome[]): Failure | undefined {
  const failures = recipients.flatMap(({ failure }) => (failure ? [failure] : []));
  return (
    failures.find(({ code }) => code === 'in-doubt') ??
    failures.find(({ code }) => RETRY[code] === 'after-fix') ??
    failures[0]
  );
}
