/** A simulated ejoin device and clients of it over real HTTP, each as if the one before had crashed. */
import assert from 'node:assert/strict';
import { convertOptions } from '../../../nodes/core/option';
import { SmsError } from '../../../nodes/core/failure';
import { HttpClient } from '../../../nodes/runtime/http';
import { start, type EjoinOptions, type EjoinSimulator } from '../../../nodes/simulators/ejoin';
import type { Account, HttpRequest, OptionValues, SettleAnswer, Unsettled } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/ejoin';
import { argsOf } from './ejoin-command';
import { request } from './ejoin-device';
import { brief } from './prepared';

/** Milliseconds that a client waits; what is slow on purpose takes 3 s, or for ever. */
const PATIENCE = 2000;

type Numbered = Unsettled['request'];

export class Desk {
  /** Called before a request goes out; it does not where this rejects. */
  before: (request: HttpRequest) => Promise<void> | void = () => undefined;
  readonly device: EjoinSimulator;
  readonly #options: OptionValues;
  readonly #clients: HttpClient[] = [];
  #nextId = 70_001;

  private constructor(device: EjoinSimulator, options: OptionValues) {
    this.device = device;
    this.#options = options;
  }

  static async start(options: OptionValues = {}, device: EjoinOptions = {}): Promise<Desk> {
    return new Desk(await start({ reboot: 0, ...device }), options);
  }

  async close(): Promise<void> {
    await this.device.close();
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  /** A client that knows nothing of the others. */
  open(): Account {
    const client = new HttpClient({ timeout: PATIENCE, connections: 1, proxy: 'none' });
    this.#clients.push(client);
    return driver.open(
      {
        ...this.device.account,
        ...{ url: this.device.url, timezone: 'Asia/Shanghai', country: '86' },
        options: convertOptions(driver.options, this.#options, 'gateway'),
      },
      {
        http: async (call) => {
          await this.before(call);
          return client.call(call);
        },
        now: () => Date.now(),
        nextIds: () => Promise.reject(new Error('the ids are given')),
        notice: () => undefined,
      },
    );
  }

  /** A request with ids of its own. */
  to(numbers: readonly string[], options: OptionValues = {}): Numbered {
    const ids = numbers.map(() => this.#nextId++);
    return { ...request(numbers, { options: { ...this.#options, ...options } }), ids };
  }

  /** Sends from a client that has written down what it is about to do. Fails unless the send ends in doubt. */
  async lose(lost: Numbered): Promise<Unsettled> {
    const account = this.open();
    const run = await account.currentRun?.();
    const doubt = await account.send(lost).then(
      ({ results }) => results.some(({ state }) => state === 'in-doubt'),
      (error: unknown) => error instanceof SmsError && error.code === 'no-answer',
    );
    assert.ok(doubt, 'it is not in doubt');
    return { request: lost, ...(run === undefined ? {} : { run }) };
  }

  /** Asks again from another client. Each result in a word or two, its id as its place in the request. */
  async settle(unsettled: Unsettled, account = this.open()): Promise<{ results: string[]; answer: SettleAnswer }> {
    const answer = await account.settle!(unsettled);
    const { ids } = unsettled.request;
    const results = brief(answer.results).map((word, place) => (word === String(ids[place]) ? 'accepted' : word));
    return { results, answer };
  }

  async run(command: string, args: Record<string, unknown> = {}): Promise<void> {
    await this.open().run!(command, { ports: '', args: argsOf(command, args) });
  }

  /** Whom the device took an SMS for, oldest first. */
  get taken(): string[] {
    return this.device.accepted.map(({ to }) => to);
  }

  /** The bodies of the requests to send. */
  get sends(): string[] {
    return this.device.requests.flatMap(({ url, body }) => (url.startsWith('/goip_post_sms') ? [body.toString()] : []));
  }
}
