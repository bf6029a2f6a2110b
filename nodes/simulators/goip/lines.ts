/** The GSM lines behind the SMS SERVER: who they belong to, whether they work, and how many SMS they may still send. */
import { shanghaiDay } from '../shanghai';

interface Line {
  readonly id: string;
  readonly provider: string;
  /** The line's own number. */
  readonly number: string;
  readonly online: boolean;
  /** Registration of the SIM card; blank means the same as LOGOUT. */
  readonly registered: 'LOGIN' | 'LOGOUT' | '';
  /** SMS that the line may send in all; without it there is no limit. */
  readonly limit?: number;
  /** SMS that the line may send on one day; without it there is no limit. */
  readonly dayLimit?: number;
}

/** The providers that the server knows. Not every one has a line, nor one that works. */
const PROVIDERS: ReadonlySet<string> = new Set(['移动', '网通', '联通', '电信']);

const LINES: readonly Line[] = [
  { id: 'G101', provider: '移动', number: '19900000101', online: true, registered: 'LOGIN' },
  { id: 'G102', provider: '移动', number: '19900000102', online: true, registered: 'LOGIN', limit: 856, dayLimit: 56 },
  { id: 'G103', provider: '移动', number: '19900000103', online: true, registered: '' },
  { id: 'G104', provider: '移动', number: '19900000104', online: false, registered: '' },
  { id: 'G201', provider: '联通', number: '19900000201', online: true, registered: 'LOGIN' },
  { id: 'G202', provider: '联通', number: '19900000202', online: true, registered: 'LOGOUT' },
  { id: 'G203', provider: '联通', number: '19900000203', online: true, registered: 'LOGIN', limit: 0 },
  { id: 'G301', provider: '电信', number: '19900000301', online: false, registered: '' },
];

/** What a request says of the line that is to send. The line wins (section 2.1, note 2). */
export interface Choice {
  readonly line?: string;
  readonly provider?: string;
}

/** A row of `querylines` (section 4.2; `num` is not in the document, real servers give it). */
export interface LineRow {
  readonly goip_line: string;
  readonly online: '0' | '1';
  readonly reg: string;
  readonly remain_sms: string;
  readonly day_remain_sms: string;
  readonly num: string;
}

class CountedLine {
  #sent = 0;
  #sentToday = 0;
  #day = '';

  constructor(readonly line: Line) {}

  canSend(now: number): boolean {
    const { online, registered } = this.line;
    return online && registered === 'LOGIN' && this.#remaining() !== 0 && this.#remainingToday(now) !== 0;
  }

  count(now: number): void {
    this.#startDay(now);
    this.#sent += 1;
    this.#sentToday += 1;
  }

  row(now: number): LineRow {
    return {
      goip_line: this.line.id,
      online: this.line.online ? '1' : '0',
      reg: this.line.registered,
      remain_sms: String(this.#remaining()),
      day_remain_sms: String(this.#remainingToday(now)),
      num: this.line.number,
    };
  }

  #remaining(): number {
    return this.line.limit === undefined ? -1 : this.line.limit - this.#sent;
  }

  #remainingToday(now: number): number {
    this.#startDay(now);
    return this.line.dayLimit === undefined ? -1 : this.line.dayLimit - this.#sentToday;
  }

  #startDay(now: number): void {
    const day = shanghaiDay(now);
    if (day === this.#day) return;
    this.#day = day;
    this.#sentToday = 0;
  }
}

export class Lines {
  readonly #lines = LINES.map((line) => new CountedLine(line));
  /** The lines as they wait for work: the one that sent last stands at the end (section 2.1, note 4). */
  readonly #waiting = [...this.#lines];

  /** Why nothing can be sent by this choice, in the words of section 2.2. */
  refusal(choice: Choice, now: number): 'none_line' | 'none_provider' | undefined {
    if (choice.line === undefined && choice.provider !== undefined && !PROVIDERS.has(choice.provider))
      return 'none_provider';
    return this.#next(choice, now) === undefined ? 'none_line' : undefined;
  }

  /** The line that sends the next SMS; none where the quotas are used up. */
  take(choice: Choice, now: number): string | undefined {
    const next = this.#next(choice, now);
    if (next === undefined) return undefined;
    next.count(now);
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#waiting.push(next);
    return next.line.id;
  }

  /** The line that is meant by an id or by a number of its own; else the first that is registered. */
  receiving(name = ''): string {
    const named = this.#lines.find(({ line }) => name !== '' && (line.id === name || line.number === name));
    const working = this.#lines.find(({ line }) => line.online && line.registered === 'LOGIN');
    return (named ?? working)?.line.id ?? '';
  }

  rows(now: number): LineRow[] {
    return this.#lines.map((line) => line.row(now));
  }

  #next(choice: Choice, now: number): CountedLine | undefined {
    return this.#waiting.find((candidate) => {
      const { id, provider } = candidate.line;
      if (choice.line !== undefined) return id === choice.line && candidate.canSend(now);
      return (choice.provider === undefined || provider === choice.provider) && candidate.canSend(now);
    });
  }
}
