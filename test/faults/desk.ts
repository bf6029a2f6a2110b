/** Vendors behind slow lines, a Node-RED that sends to them, and all that was handed in. */
import assert from 'node:assert/strict';
import { SIMULATORS } from '../../nodes/simulators/registry';
import type { Simulator } from '../../nodes/simulators/simulator';
import { gateway, login, sending, TAB } from './flow';
import { Front, type FrontOptions } from './front';
import { balance, newMessages, told, type Balance, type Fed } from './ledger';
import { NodeRed, removeFolder, type Credentials, type FlowNode, type NodeRedOptions } from './node-red';
import type { Times } from './table';
import { until } from './waiting';

/** Seconds within which a message is to have its outcome, whatever happens; generous, for machines are busy. */
const PATIENCE = 120;

export interface DeskOptions {
  readonly vendors: readonly string[];
  /** Requests under way at a time. */
  readonly window: number;
  readonly front?: FrontOptions;
  /** Further properties of the gateways. */
  readonly gateway?: Properties | ((vendor: string) => Properties);
  /** Further properties of the send nodes. */
  readonly send?: Properties;
  readonly nodes?: readonly FlowNode[];
  readonly credentials?: Credentials;
  readonly nodeRed?: NodeRedOptions;
}

type Properties = Readonly<Record<string, unknown>>;

export class Desk {
  readonly fronts = new Map<string, Front>();
  readonly simulators = new Map<string, Simulator>();
  readonly #fed = new Map<string, Fed[]>();
  /** Milliseconds from each start of a process to the first request that left it, by vendor. */
  readonly #firstSends = new Map<string, number[]>();
  /** Milliseconds that Node-RED took of that before its flows ran. */
  readonly #ownStarts = new Map<string, number[]>();
  nodeRed!: NodeRed;

  private constructor(readonly options: DeskOptions) {}

  static async open(options: DeskOptions): Promise<Desk> {
    const desk = new Desk(options);
    try {
      for (const vendor of options.vendors) {
        const simulator = await SIMULATORS[vendor]!();
        desk.simulators.set(vendor, simulator);
        desk.fronts.set(vendor, await Front.start(simulator.url, options.front));
      }
      const logins = options.vendors.map((vendor): Credentials => login(vendor, desk.simulator(vendor)));
      const all = logins.reduce((sum, each) => ({ ...sum, ...each }), options.credentials ?? {});
      desk.nodeRed = await NodeRed.make(desk.flows(), all, options.nodeRed);
      return desk;
    } catch (error) {
      await desk.close();
      throw error;
    }
  }

  flows(properties: (vendor: string) => Properties = () => ({})): FlowNode[] {
    const { vendors, window, nodes = [], gateway: more = {}, send = {} } = this.options;
    const own = typeof more === 'function' ? more : (): Properties => more;
    return [
      TAB,
      ...vendors.flatMap((vendor) => [
        gateway(vendor, this.front(vendor).url, { window, ...own(vendor), ...properties(vendor) }),
        ...sending(vendor, send),
      ]),
      ...nodes,
    ];
  }

  simulator(vendor: string): Simulator {
    return this.simulators.get(vendor)!;
  }

  front(vendor: string): Front {
    return this.fronts.get(vendor)!;
  }

  get vendors(): readonly string[] {
    return this.options.vendors;
  }

  get accepted(): number {
    return this.vendors.reduce((sum, vendor) => sum + this.simulator(vendor).accepted.length, 0);
  }

  fed(vendor: string): readonly Fed[] {
    return this.#fed.get(vendor) ?? [];
  }

  get fedCount(): number {
    return this.vendors.reduce((sum, vendor) => sum + this.fed(vendor).length, 0);
  }

  /**
   * Hands in messages, and waits until they are written down: the last one overtakes the others, and what was handed in
   * before it is kept before its own request goes out.
   */
  async feed(count: number, vendors = this.vendors): Promise<void> {
    const last: [vendor: string, ref: string][] = [];
    for (const vendor of vendors) {
      const messages = newMessages(vendor, count);
      const { sms, ...rest } = messages.at(-1)!;
      messages[messages.length - 1] = { ...rest, sms: { ...sms, priority: 99 } };
      await this.hand(vendor, messages);
      last.push([vendor, sms.ref]);
    }
    await until(
      'the first outcomes leave',
      () => last.every(([vendor, ref]) => told(this.nodeRed.lines, vendor).has(ref)),
      PATIENCE,
    );
  }

  /** Hands in messages. They may be lost if the process ends before they are written down. */
  async hand(vendor: string, messages: readonly Fed[]): Promise<void> {
    this.note(vendor, messages);
    await this.nodeRed.post(`feed/${vendor}`, messages);
  }

  /** Messages are handed in elsewhere. */
  note(vendor: string, messages: readonly Fed[]): void {
    this.#fed.set(vendor, [...this.fed(vendor), ...messages]);
  }

  /** Starts the process, once more; the first requests that leave it are measured. */
  spawn(): void {
    for (const [, front] of this.fronts) front.expect();
    this.nodeRed.spawn();
  }

  /** How long it took until the first requests left a process that was started. */
  startsOf(vendor: string): Times[] {
    return [
      { what: 'first send after a start', milliseconds: this.#firstSends.get(vendor) ?? [] },
      { what: 'Node-RED alone', milliseconds: this.#ownStarts.get(vendor) ?? [] },
    ];
  }

  /** To be called before a process ends: notes when its first requests left. */
  noteFirstSends(): void {
    const { startedAt, flowsAt } = this.nodeRed;
    for (const [vendor, { firstAt }] of this.fronts) {
      if (firstAt === undefined) continue;
      addTo(this.#firstSends, vendor, firstAt - startedAt);
      // What is ready before Node-RED says that its flows run waits for nothing else.
      addTo(this.#ownStarts, vendor, Math.min(firstAt, flowsAt || firstAt) - startedAt);
    }
  }

  /** Whether every message has its outcome. `lines`: what has left, where it was not this Node-RED alone. */
  isOver(lines = this.nodeRed.lines): boolean {
    return this.vendors.every((vendor) => {
      const out = told(lines, vendor);
      return this.fed(vendor).every(({ sms }) => out.has(sms.ref));
    });
  }

  /** Waits until every message has its outcome. What has none then, the balance tells. */
  async finish(seconds = PATIENCE): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!this.isOver() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 200));
  }

  /** `lines`: what has left, where it was not this Node-RED alone. */
  balance(vendor: string, lines = this.nodeRed.lines): Balance {
    return balance(vendor, this.fed(vendor), this.simulator(vendor).accepted, lines);
  }

  /** Nothing is lost, doubled or told wrong, and no more is in doubt than may be. */
  check(vendor: string, mostInDoubt: number, lines = this.nodeRed.lines): Balance {
    const found = this.balance(vendor, lines);
    const { messages, inDoubt, lost, untold, doubled, falselyAccepted, falselyFailed, contradictory } = found;
    const faults = { lost, untold, doubled, falselyAccepted, falselyFailed, contradictory };
    const none = Object.fromEntries(Object.keys(faults).map((name) => [name, []]));
    assert.deepEqual(faults, none, `${vendor}: of ${messages} messages`);
    assert.ok(inDoubt.length <= mostInDoubt, `${vendor}: ${inDoubt.length} in doubt, at most ${mostInDoubt} may be`);
    return found;
  }

  async close(): Promise<void> {
    const nodeRed = this.nodeRed as NodeRed | undefined;
    await nodeRed?.remove();
    if (nodeRed && this.options.nodeRed?.folder === undefined) removeFolder(nodeRed.folder);
    for (const front of this.fronts.values()) await front.close();
    for (const simulator of this.simulators.values()) await simulator.close();
  }
}

function addTo(times: Map<string, number[]>, vendor: string, milliseconds: number): void {
  times.set(vendor, [...(times.get(vendor) ?? []), milliseconds]);
}
