/** The platform: its accounts and its two calls. Answers are the plain text of the document; HTTP is not known here. */
import { Conversations } from '../conversations';
import { FirstTimes, magicOf } from '../magic';
import type { SimulatorServer } from '../server';
import type { AcceptedSms, SimulatorAccount } from '../simulator';
import { isReachable } from './countries';
import { Outbox, type Inbound } from './outbox';
import type { Parameters } from './parameters';
import { Pushes, type Addressee } from './pushes';

const MOST_NUMBERS = 1000;
const MOST_CHARACTERS = 1000;
const ALONE = 70;
const IN_A_CHAIN = 67;
/** In hundredths; the document names no price. */
const PRICE_OF_A_PART = 5;
const REPLY_AFTER = 1000;

/** Words that make a text "black" (-5). */
export const BLACK_WORDS = ['黑词', '代开发票', '网络赌博'] as const;

interface Customer extends Addressee {
  login: SimulatorAccount;
  /** In hundredths. */
  balance: number;
}

/** An answer, and how a magic number wants it given. */
export interface Reply {
  readonly body: string;
  readonly manner: ReturnType<FirstTimes['answerTo']>;
}

export class Platform {
  readonly #now: () => number;
  readonly #accept: (sms: AcceptedSms) => void;
  readonly #balance: number;
  readonly #customers: Customer[] = [];
  readonly #firstTimes = new FirstTimes();
  readonly #conversations = new Conversations<{ readonly customer: Customer; readonly sub: string }>();
  readonly #pushes: Pushes;
  /** Begins with the time, so that a simulator that was started anew does not give the ids of the one before. */
  #lastId: number;

  constructor(now: () => number, balance: number, server: SimulatorServer) {
    this.#now = now;
    this.#balance = Math.round(balance * 100);
    this.#accept = (sms) => {
      server.accept(sms);
    };
    this.#pushes = new Pushes(server, now);
    this.#lastId = Math.floor(now()) * 10;
  }

  /** A login that is there already gets the new password, and keeps what it has. */
  addAccount(login: SimulatorAccount): void {
    const same = this.#find(login.accountId, login.username);
    if (same) same.login = { ...login };
    else
      this.#customers.push({ login: { ...login }, balance: this.#balance, outbox: new Outbox(), pushUrl: undefined });
  }

  /** What waits to be pushed to an account. */
  outboxOf(login: SimulatorAccount): Outbox | undefined {
    return this.#find(login.accountId, login.username)?.outbox;
  }

  pushTo({ accountId, username }: Pick<SimulatorAccount, 'accountId' | 'username'>, url: string | undefined): void {
    const customer = this.#find(accountId, username);
    if (customer === undefined) return;
    this.#pushes.pushTo(customer, url);
    if (url !== undefined) this.#conversations.called({ customer, sub: '' });
  }

  /**
   * An SMS from a handset to the account that wrote to it last, else to the one that told a URL last, else to the first;
   * `to` is the extension that it answers to.
   */
  receive({ from, to, text }: { from: string; to?: string; text: string }): void {
    const last = this.#conversations.of(from);
    const customer = last?.customer ?? this.#customers[0];
    if (customer) this.#arrive(customer, { mob: from, sub: to ?? last?.sub ?? '', text }, this.#now());
  }

  /** `QueryBalance.do` (section 3): the balance, or a code of section 2.3 (the document has no table here). */
  queryBalance(parameters: Parameters): string {
    const customer = this.#login(parameters);
    return customer ? (customer.balance / 100).toFixed(2) : '-1';
  }

  /** `SendMt.do` (section 2): `0,<id>`, one id for the whole request, or a code. */
  sendMt(parameters: Parameters): Reply {
    const customer = this.#login(parameters);
    if (!customer) return refuse('-1');

    const mobs = parameters.text('mobs');
    const numbers = mobs.split(',');
    if (mobs === '') return refuse('-7');
    if (numbers.length > MOST_NUMBERS) return refuse('-10');
    const sub = parameters.text('sub');
    if (!/^\d{0,6}$/.test(sub)) return refuse('-11');
    const msgFormat = parameters.text('msgFormat') || '0';
    const msg = textIn(msgFormat, parameters);
    if (msg === undefined) return refuse('-99');
    if (msg === '') return refuse('-8');
    if (msg.length > MOST_CHARACTERS) return refuse('-9');
    if (BLACK_WORDS.some((word) => msg.includes(word))) return refuse('-5');

    const manner = this.#firstTimes.answerTo(numbers);
    const code = REFUSALS[manner];
    if (code !== undefined) return refuse(code);
    if (manner === 'refuse-500' || manner === 'refuse-reset' || manner === 'too-many') return { body: '', manner };
    if (!numbers.every((number) => isReachable(number) && magicOf(number).answer !== 'refuse-recipient')) {
      return refuse('-7');
    }
    const parts = msg.length <= ALONE ? 1 : Math.ceil(msg.length / IN_A_CHAIN);
    const price = parts * numbers.length * PRICE_OF_A_PART;
    if (price > customer.balance) return refuse('-4');
    customer.balance -= price;

    const id = String((this.#lastId += 1));
    for (const to of numbers) this.#take(customer, { id, to, msg, sub, msgFormat });
    return { body: `0,${id}`, manner };
  }

  #take(
    customer: Customer,
    { id, to, msg, sub, msgFormat }: { id: string; to: string; msg: string; sub: string; msgFormat: string },
  ): void {
    const now = this.#now();
    const { login, outbox } = customer;
    const parameters = { userid: login.accountId, sub, msgFormat };
    this.#accept({ at: now, to, text: msg, id, username: login.username, parameters });
    const { fate, reply } = magicOf(to);
    this.#conversations.wrote({ customer, sub }, to);
    outbox.expectReport({ mob: to, id }, fate, now);
    this.#pushes.expect(customer);
    if (reply === undefined) return;
    const got = now + (fate.report === 'none' ? 0 : fate.after);
    this.#arrive(customer, { mob: to, sub, text: reply }, got + REPLY_AFTER);
  }

  #arrive(customer: Customer, sms: Inbound, at: number): void {
    customer.outbox.arrive(at, sms);
    this.#pushes.expect(customer);
  }

  #find(userid: string, username: string): Customer | undefined {
    return this.#customers.find(({ login }) => login.accountId === userid && login.username === username);
  }

  /** Section 2.2: the user name is case-sensitive. */
  #login(parameters: Parameters): Customer | undefined {
    const customer = this.#find(parameters.text('userid'), parameters.text('username'));
    return customer?.login.password === parameters.text('password') ? customer : undefined;
  }
}

/** How magic numbers are refused. */
const REFUSALS: Readonly<Partial<Record<Reply['manner'], string>>> = {
  'refuse-content': '-5',
  'refuse-balance': '-4',
  'refuse-login': '-1',
  'refuse-ip': '-3',
  busy: '-99',
};

function refuse(body: string): Reply {
  return { body, manner: 'accept' };
}

/** `msg` in the charset that `msgFormat` tells; `undefined` where there is no such format. */
function textIn(msgFormat: string, parameters: Parameters): string | undefined {
  switch (msgFormat) {
    case '0':
      return parameters.text('msg');
    case '1':
      return parameters.bytes('msg').toString('latin1');
    case '2':
      return parameters.bytes('msg').toString('utf8');
    default:
      return undefined;
  }
}
