/** A node that answers each input, in a real Node-RED: what is asked of it, and the one thing that each input ends with. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Flow, FlowNode, Message } from './flow';

/** Why an input was refused, taken from the error that Catch got. */
export interface Refusal {
  readonly code: string;
  /** Which of the sentences of the code, and what is put into it. */
  readonly detail: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly vendorCode: string | undefined;
  /** Where the text is one of the vendor's locale, its key. */
  readonly vendorText: string | undefined;
}

/** Every text is its key with its parameters, so that an error tells which sentence it is. */
export const keyed = (key: string, params?: unknown): string => `${key} ${JSON.stringify(params ?? {})}`;

/** What collects how the inputs of the nodes end; their first output goes to `result`. */
export function collectorsOf(...ids: readonly string[]): FlowNode[] {
  return [
    { id: 'catching', type: 'catch', scope: ids, uncaught: false, wires: [['ended']] },
    { id: 'completing', type: 'complete', scope: ids, wires: [['ended']] },
    ...['result', 'ended'].map((id) => ({ id, type: 'helper' })),
  ];
}

export class Asking {
  readonly #flow: Flow;
  readonly #id: string;

  /** `id` is the node's. The flow was loaded with `keyed` texts. */
  constructor(flow: Flow, id: string) {
    this.#flow = flow;
    this.#id = id;
  }

  /** What leaves by the first output, once the input is done. */
  async answer(message: Readonly<Record<string, unknown>>): Promise<Message> {
    const result = this.#flow.inbox('result');
    const count = result.messages.length;
    const { error } = await this.#end(message);
    assert.equal(error, undefined, error?.message);
    return result.at(count);
  }

  /** The one error that the input ends with; nothing leaves. */
  async refusal(message: Readonly<Record<string, unknown>>): Promise<Refusal> {
    const [left, ended] = [this.#flow.inbox('result').messages, this.#flow.inbox('ended').messages];
    const expected = [left.length, ended.length + 1];
    const { error } = await this.#end(message);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    assert.deepEqual([left.length, ended.length], expected);
    assert.ok(error?.code !== undefined, 'nothing was refused');
    const said = /errors\.([\w-]+)\.([\w-]+) (\{[^}]*\})/.exec(error.message);
    assert.equal(said?.[1], error.code, error.message);
    const { vendorCode, vendorText } = (error.cause ?? {}) as Readonly<Record<string, string | undefined>>;
    return {
      code: error.code,
      detail: said[2] ?? '',
      params: JSON.parse(said[3] ?? '{}') as Refusal['params'],
      vendorCode,
      vendorText: /vendors\.([\w.:-]+)/.exec(vendorText ?? '')?.[1] ?? vendorText,
    };
  }

  async #end(message: Readonly<Record<string, unknown>>): Promise<Message> {
    const { next } = this.#flow.inbox('ended');
    this.#flow.input(this.#id, message);
    return next;
  }
}
