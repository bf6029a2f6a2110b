/** A driver with its real HTTP client against its own simulator, asked the way the engine asks it. */
import { convertOptions } from '../../nodes/core/option';
import { HttpClient } from '../../nodes/runtime/http';
import { SIMULATORS } from '../../nodes/simulators/registry';
import type { AcceptedSms, Simulator } from '../../nodes/simulators/simulator';
import type { Account, Driver, OptionValues, RecipientResult, SendItem } from '../../nodes/vendors/driver';
import { VENDORS } from '../../nodes/vendors/registry';

export const VENDOR_IDS = [...VENDORS.keys()];

/** What one recipient of one text came to. */
export interface Sent {
  readonly to: string;
  readonly text: string;
  readonly result: RecipientResult;
}

export interface Connected {
  readonly driver: Driver;
  readonly account: Account;
  readonly options: OptionValues;
  close(): Promise<void>;
}

/** Opens a driver at an address. `timeout` is in milliseconds. */
export function connect(
  vendor: string,
  at: Pick<Simulator, 'url' | 'account'>,
  given: OptionValues = {},
  timeout = 5000,
): Connected {
  const driver = VENDORS.get(vendor);
  if (!driver) throw new Error(`no driver ${vendor}`);
  const client = new HttpClient({ timeout, connections: 1, proxy: 'none' });
  const options = convertOptions(driver.options, given, 'gateway');
  let tid = 1;
  const account = driver.open(
    { ...at.account, url: at.url, options, timezone: 'Asia/Shanghai', country: '86' },
    {
      http: client.call,
      now: () => Date.now(),
      nextIds: (count) => {
        tid += count;
        return Promise.resolve(tid - count);
      },
      notice: () => undefined,
    },
  );
  return { driver, account, options, close: () => client.close() };
}

/** A vendor's driver and simulator, connected. */
export class Vendor {
  readonly #simulator: Simulator;
  readonly #connected: Connected;

  private constructor(simulator: Simulator, connected: Connected) {
    this.#simulator = simulator;
    this.#connected = connected;
  }

  static async start(id: string, options: OptionValues = {}): Promise<Vendor> {
    const start = SIMULATORS[id];
    if (!start) throw new Error(`no simulator ${id}`);
    const simulator = await start();
    return new Vendor(simulator, connect(id, simulator, options));
  }

  get accepted(): readonly AcceptedSms[] {
    return this.#simulator.accepted;
  }

  get batch(): boolean {
    return this.#connected.driver.capabilities.batch;
  }

  async close(): Promise<void> {
    await this.#connected.close();
    await this.#simulator.close();
  }

  /** Sends items as the engine would: what the driver refuses beforehand stays, the rest goes in as few requests as may be. */
  async send(items: readonly SendItem[]): Promise<Sent[]> {
    const { account, options } = this.#connected;
    const sent: Sent[] = [];
    const together: SendItem[] = [];
    const alone: SendItem[] = [];
    for (const { text, to } of items) {
      const fit: string[] = [];
      for (const number of to) {
        const failure =
          account.checkMessage?.(options, to.length) ??
          account.checkText(text, options) ??
          account.checkRecipient(number);
        if (failure) sent.push({ to: number, text, result: { state: 'rejected', failure } });
        else fit.push(number);
      }
      if (fit.length === 0) continue;
      const mixes = this.batch && account.batchable?.(text, options) !== false;
      (mixes ? together : alone).push({ text, to: fit });
    }
    const requests = [...(together.length > 0 ? [together] : []), ...alone.map((item) => [item])];
    for (const request of requests) sent.push(...(await this.#request(request)));
    return sent;
  }

  async #request(items: readonly SendItem[]): Promise<Sent[]> {
    const { account, options } = this.#connected;
    const { results } = await account.send({ items, options, wantReports: false });
    const wanted = items.flatMap(({ text, to }) => to.map((number) => ({ to: number, text })));
    if (results.length !== wanted.length) throw new Error(`${results.length} results for ${wanted.length} recipients`);
    return wanted.map((one, index) => ({ ...one, result: results[index]! }));
  }
}
