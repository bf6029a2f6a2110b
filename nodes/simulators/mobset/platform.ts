/** The platform behind the URL: its customers and the calls of section 4. Answers are bodies; HTTP is not known here. */
import { Conversations } from '../conversations';
import { shanghaiTime } from '../shanghai';
import { FirstTimes, magicOf } from '../magic';
import type { AcceptedSms, SimulatorAccount } from '../simulator';
import { Customer } from './customer';
import { refusalBody, type Refusal } from './codes';
import { checkLogin } from './login';
import type { Parameters } from './parameters';
import { isNumber, partsOf, readSend, type SendCall } from './sms-send';

const MOST_CANCELLED = 50;
const REPLY_AFTER = 1000;

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
  readonly #conversations = new Conversations<Customer>();
  /** Begins with the time, so that a simulator that was started anew does not give the ids of the one before. */
  #lastId: number;

  constructor(now: () => number, balance: number, accept: (sms: AcceptedSms) => void) {
    this.#now = now;
    this.#balance = balance;
    this.#accept = accept;
    this.#lastId = Math.floor(now()) * 10;
  }

  /** A login that is there already gets the new password, and keeps what it has. */
  addAccount(login: SimulatorAccount): void {
    const same = this.#customers.find(
      (known) => known.login.accountId === login.accountId && known.login.username === login.username,
    );
    if (same) same.login = { ...login };
    else this.#customers.push(new Customer({ ...login }, this.#balance));
  }

  /**
   * An SMS from a handset goes to the customer whose access number `to` begins with, else to the one that wrote to it last,
   * else to the one that called last, else to the first.
   */
  receive(sms: { from: string; to?: string; text: string }): void {
    const named = this.#customers.find((customer) => sms.to?.startsWith(customer.accessNumber));
    (named ?? this.#conversations.of(sms.from) ?? this.#customers[0])?.arrive(this.#now(), sms);
  }

  answer(parameters: Parameters): Reply {
    const now = this.#now();
    const call = checkLogin(parameters, this.#customers, now);
    if ('code' in call) return refuse(call);
    const { customer, method } = call;
    this.#conversations.called(customer);
    switch (method) {
      case 'SmsSend': {
        const send = readSend(parameters, now);
        return 'code' in send ? refuse(send) : this.#send(customer, send, now);
      }
      case 'SmsGetRecv':
        return plain(inboundBody(customer, now));
      case 'SmsGetReport':
        return plain(reportBody(customer, now));
      case 'SmsGetBalance':
        return plain(JSON.stringify({ Code: String(customer.balance), Message: '取短信余额成功' }));
      case 'SmsGetSign':
        // The comma before the brace is the sample's (section 4.5.3): a client has to live with it.
        return plain(`{"Code": "0", "Message": "取签名成功", "Sign": ${JSON.stringify(customer.sign)}, }`);
      case 'SmsCancel':
        return cancel(customer, parameters, now);
    }
  }

  #send(customer: Customer, send: SendCall, now: number): Reply {
    const manner = this.#firstTimes.answerTo(send.numbers);
    switch (manner) {
      case 'refuse-content':
        return refuse({ code: '-110' });
      case 'refuse-balance':
        return refuse({ code: '-128' });
      case 'refuse-login':
        return refuse({ code: '-105' });
      case 'refuse-ip':
        return refuse({ code: '-106' });
      case 'busy':
        return refuse({ code: '-190' });
      case 'refuse-500':
      case 'refuse-reset':
      case 'too-many':
        return { body: '', manner };
      default:
        break;
    }

    const parts = partsOf(send.content, customer.sign, send.longSms);
    const isTaken = (number: string): boolean => isNumber(number) && magicOf(number).answer !== 'refuse-recipient';
    const price = parts * send.numbers.filter(isTaken).length;
    if (price > customer.balance) return refuse({ code: '-128' });
    customer.balance -= price;

    const list = send.numbers.flatMap((number) => {
      const ids = isTaken(number) ? this.#take(customer, send, number, parts, now) : ['0'];
      return ids.map((id) => ({ PhoneNumber: number, SmsId: id }));
    });
    const body = { Code: String(price), Message: `成功提交 ${price} 条短信`, SmsIdList: list };
    return { body: JSON.stringify(body), manner };
  }

  /** Accepts the SMS to one number; gives its ids. */
  #take(customer: Customer, send: SendCall, to: string, parts: number, now: number): string[] {
    const ids = Array.from({ length: parts }, () => String((this.#lastId += 1)));
    const [first = ''] = ids;
    const cancelled: string[] = [];
    this.#accept({
      at: now,
      to,
      text: send.content,
      id: first,
      username: customer.login.username,
      parameters: {
        CorpID: customer.login.accountId,
        SmsIds: ids,
        LongSms: send.longSms,
        AddNum: send.addNum,
        TimerSend: send.at === undefined ? '' : shanghaiTime(send.at),
        Cancelled: cancelled,
      },
    });

    this.#conversations.wrote(customer, to);
    const { fate, reply } = magicOf(to);
    const leaves = send.at ?? now;
    for (const id of ids) {
      customer.expectReport(id, fate, leaves);
      if (send.at !== undefined) customer.schedule(id, send.at, cancelled);
    }
    if (reply !== undefined) {
      const got = leaves + (fate.report === 'none' ? 0 : fate.after);
      const answer = { from: to, to: customer.accessNumber + send.addNum, text: reply, answers: first };
      customer.arrive(got + REPLY_AFTER, answer);
    }
    return ids;
  }
}

function plain(body: string): Reply {
  return { body, manner: 'accept' };
}

function refuse(refusal: Refusal): Reply {
  return plain(refusalBody(refusal));
}

/** Sections 4.2.3 and 4.3.3: `code` small, all values strings. `Details` is left out where there is nothing. */
function pageBody(message: string, details: readonly Readonly<Record<string, string>>[]): string {
  const page = { code: String(details.length), Message: message };
  return JSON.stringify(details.length > 0 ? { ...page, Details: details } : page);
}

function inboundBody(customer: Customer, now: number): string {
  const details = customer.takeInbound(now).map(({ due, value }) => ({
    PhoneNumber: value.from,
    RecvNumber: value.recvNumber,
    AddNum: value.addNum,
    RecvTime: shanghaiTime(due),
    Content: value.text,
  }));
  return pageBody('取上行短信成功', details);
}

function reportBody(customer: Customer, now: number): string {
  const details = customer.takeReports(now).map(({ due, value }) => ({
    SmsId: value.smsId,
    Status: value.status,
    ReportTime: shanghaiTime(due),
    ExStatus: value.exStatus,
  }));
  return pageBody('取短信状态报告成功', details);
}

/** Section 4.6: every value a number here, and `SmsID` so spelt. What has left already gets -142 as well. */
function cancel(customer: Customer, parameters: Parameters, now: number): Reply {
  const smsId = parameters.get('SmsID');
  if (!smsId) return refuse({ code: '-102', parameter: 'SmsID' });
  const ids = smsId.split(',');
  if (ids.length > MOST_CANCELLED) return refuse({ code: '-143' });
  const gone = customer.cancel(ids, now);
  const details = ids.map((id, index) => ({
    SmsID: /^[1-9]\d{0,14}$/.test(id) ? Number(id) : id,
    Status: gone.has(id) && ids.indexOf(id) === index ? 1 : -142,
  }));
  return plain(JSON.stringify({ Code: gone.size, Message: `成功取消 ${gone.size} 条短信`, Details: details }));
}
