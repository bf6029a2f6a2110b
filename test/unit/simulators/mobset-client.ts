/** A client of the mobset platform, written by hand from the samples of its document; and a clock for it to live by. */
import { createHash } from 'node:crypto';
import { start, type MobsetSimulatorOptions } from '../../../nodes/simulators/mobset';
import type { Simulator, SimulatorAccount } from '../../../nodes/simulators/simulator';

export type Fields = Record<string, string | undefined>;
export interface Answer {
  readonly [name: string]: unknown;
  readonly Details?: Record<string, unknown>[];
  readonly SmsIdList?: { PhoneNumber: string; SmsId: string }[];
}

/** 2022-05-01 10:30:20 in Beijing, the example of section 3.2. */
const BEGIN = Date.parse('2022-05-01T02:30:20Z');

export const secretOf = ({ accountId, password }: SimulatorAccount, timeStamp: string): string =>
  createHash('md5')
    .update(accountId + password + timeStamp)
    .digest('hex');

export class Mobset {
  now = BEGIN;
  timeStamp = '20220501103020';
  readonly simulator: Simulator;

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  static async start(options: MobsetSimulatorOptions = {}): Promise<Mobset> {
    const clock = { now: (): number => BEGIN };
    const client = new Mobset(await start({ ...options, now: () => clock.now() }));
    clock.now = () => client.now;
    return client;
  }

  /** Moves the clock, and the time stamp with it. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.timeStamp = new Date(this.now + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);
  }

  /** The form of a call; a field that is `undefined` is left out. */
  form(method: string, fields: Fields = {}, account: SimulatorAccount = this.simulator.account): string {
    const all: Fields = {
      Methods: method,
      CorpID: account.accountId,
      LoginName: account.username,
      TimeStamp: this.timeStamp,
      SecretKey: secretOf(account, fields.TimeStamp ?? this.timeStamp),
      ...fields,
    };
    return Object.entries(all)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
      .join('&');
  }

  post(form: string, signal?: AbortSignal): Promise<Response> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return fetch(this.simulator.url, { method: 'POST', headers, body: form, signal });
  }

  async call(method: string, fields?: Fields, account?: SimulatorAccount): Promise<Answer> {
    const response = await this.post(this.form(method, fields, account));
    return JSON.parse(await response.text()) as Answer;
  }

  send(fields: Fields = {}, account?: SimulatorAccount): Promise<Answer> {
    return this.call('SmsSend', { PhoneNumbers: '13512346789', Content: '这是测试短信', ...fields }, account);
  }

  async code(fields: Fields): Promise<number> {
    return Number((await this.send(fields)).Code);
  }

  async balance(): Promise<number> {
    return Number((await this.call('SmsGetBalance')).Code);
  }

  async ids(fields: Fields): Promise<string[]> {
    return ((await this.send(fields)).SmsIdList ?? []).map(({ SmsId }) => SmsId);
  }

  reports(account?: SimulatorAccount): Promise<Answer> {
    return this.call('SmsGetReport', {}, account);
  }

  inbound(account?: SimulatorAccount): Promise<Answer> {
    return this.call('SmsGetRecv', {}, account);
  }
}
