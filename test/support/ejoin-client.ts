/** Requests to the simulated Ejoin device, made by hand, and the clock that it goes by. */
import assert from 'node:assert/strict';
import { start, type EjoinOptions, type EjoinSimulator } from '../../nodes/simulators/ejoin';

/** 2026-03-05 06:07:08 UTC, 14:07:08 in Shanghai. */
export const START = Date.UTC(2026, 2, 5, 6, 7, 8);
export const OK = { code: 0, reason: 'OK' };
export const TAKEN = { code: 200, reason: 'OK' };
export const NO_PORT = { code: 2, reason: 'Invalid Port' };
export const INVALID = { code: 15, reason: 'Invalid CMD' };

const LOGIN = 'version=1.1&username=demo&password=demo-ejoin';

export interface PortStatus {
  readonly port: string;
  readonly st: number;
  readonly bal: string;
  readonly sn: string;
  readonly imei: string;
}

export class EjoinClient {
  clock = START;
  readonly #options: EjoinOptions;
  #device: EjoinSimulator | undefined;

  constructor(options: EjoinOptions = {}) {
    this.#options = options;
  }

  async open(): Promise<void> {
    this.#device = await start({ now: () => this.clock, ...this.#options });
  }

  async close(): Promise<void> {
    await this.#device?.close();
  }

  get device(): EjoinSimulator {
    assert.ok(this.#device);
    return this.#device;
  }

  /** `call` without `goip_` and `.html`; `query` behind the login. */
  async get(call: string, query = ''): Promise<unknown> {
    return (await fetch(`${this.device.url}/goip_${call}.html?${LOGIN}${query}`)).json();
  }

  async post(call: string, body: unknown, query = ''): Promise<unknown> {
    return this.postText(call, JSON.stringify(body), query, 'application/json;charset=utf-8');
  }

  async postText(call: string, body: string, query = '', type = 'text/plain'): Promise<unknown> {
    const url = `${this.device.url}/goip_${call}.html?${LOGIN}${query}`;
    return (await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })).json();
  }

  /** What became of each task. */
  async send(...tasks: object[]): Promise<string[]> {
    const answer = await this.post('post_sms', { type: 'send-sms', task_num: tasks.length, tasks });
    return (answer as { status: { status: string }[] }).status.map(({ status }) => status);
  }

  command(op: string, ports?: string, more: object = {}): Promise<unknown> {
    return this.post('send_cmd', { type: 'command', op, ...(ports === undefined ? {} : { ports }), ...more });
  }

  /** Sets a parameter. */
  async set(name: string, value: string | number): Promise<void> {
    const query = `&op=set&${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    assert.deepEqual(await this.get('send_cmd', query), { ...OK, par_set: 1 });
  }

  async ports(query = ''): Promise<readonly PortStatus[]> {
    return ((await this.get('get_status', query)) as { status: PortStatus[] }).status;
  }

  /** `1.01 3` for each port, or for those that are asked for. */
  async states(...wanted: number[]): Promise<string[]> {
    const all = (await this.ports()).map(({ port, st }) => `${port} ${st}`);
    return wanted.length === 0 ? all : wanted.map((port) => all[port - 1] ?? '');
  }
}
