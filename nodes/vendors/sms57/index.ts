/** SMS57-SMGW: a Chinese bulk SMS gateway, called with a UTF-8 form over HTTP, answering JSON. */
import { createHash } from 'node:crypto';
import { failure, SmsError } from '../../core/failure';
import type {
  Account,
  AccountConfig,
  Driver,
  DriverIo,
  HttpAnswer,
  HttpRequest,
  RecipientResult,
  SendAnswer,
} from '../driver';
import { BALANCE, readBalance, readProbe } from './balance';
import { endpoint } from './endpoint';
import { mo } from './mo';
import { PUSH_ANSWER, readPush } from './push';
import { report } from './report';
import type { Reading } from './rows';
import { batchable, callOf, extnoOf, readSubmitAnswer, recipientsPerRequest, type Call } from './submit';

export const driver: Driver = {
  id: 'sms57',
  capabilities: {
    recipientsPerRequest,
    batch: true,
    schedules: () => false,
    defaultWindow: 4,
    defaultTimeout: 30,
    pushAnswer: PUSH_ANSWER,
  },
  fields: { url: { required: true }, credentials: ['username', 'password'] },
  options: [
    { name: 'extno', type: 'string', scope: 'both', pattern: /\d{1,21}/ },
    { name: 'md5', type: 'boolean', scope: 'gateway', default: false },
    { name: 'batch', type: 'integer', scope: 'gateway', min: 1, max: 500, default: 200 },
  ],
  accountCalls: ['balance'],
  address: ({ url }) => endpoint(url),
  open,
};

function open(config: AccountConfig, io: DriverIo): Account {
  const url = endpoint(config.url);
  const account = required(config, 'username');
  const password = required(config, 'password');
  const isHashed = config.options.md5 === true;
  const reading: Reading = { zone: config.timezone, extno: extnoOf(config.options).extno ?? '' };

  /** Parameters of every call: a UTF-8 form by POST; without `rt=json` the answer is XML (seen). */
  const request = ({ parameters, signed }: Call): HttpRequest => {
    const { action = '', ...rest } = parameters;
    const login = { account, password: isHashed ? md5(password + signed) : password };
    return {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      body: new URLSearchParams({ action, rt: 'json', ...login, ...rest }).toString(),
    };
  };

  const ask = (call: Call): Promise<HttpAnswer> => io.http(request(call));

  const send: Account['send'] = async (message) => {
    const texts = new Set(message.items.map((item) => item.text));
    const alone = texts.size > 1 ? message.items.filter((item) => !batchable(item.text)) : [];
    if (alone.length === 0) return readSubmitAnswer(message, await ask(callOf(message)));
    // The engine sends such texts alone. Were it to fail in that, they must still not become other people's messages.
    const others = message.items.filter((item) => batchable(item.text));
    const answer: SendAnswer =
      others.length > 0 ? await send({ ...message, items: others }) : { results: [], raw: null };
    const rest = answer.results.values();
    const refused: RecipientResult = { state: 'rejected', failure: failure('invalid-message', 'sms57-line-break') };
    const results = message.items.flatMap((item) =>
      item.to.map(() => (batchable(item.text) ? (rest.next().value ?? refused) : refused)),
    );
    return { results, raw: answer.raw };
  };

  return {
    send,
    batchable,
    // Half an emoji is the one thing that UTF-8 cannot carry.
    checkText: (text) =>
      /\p{Surrogate}/u.test(text) ? failure('invalid-message', 'ill-formed-text', { field: 'text' }) : undefined,
    // Which numbers it takes only the gateway knows; it answers for each.
    checkRecipient: () => undefined,
    async probe() {
      return readProbe(await ask(BALANCE));
    },
    async balance() {
      const balance = readBalance(await ask(BALANCE));
      if ('code' in balance) throw new SmsError(balance);
      return balance;
    },
    readPush: (push) => readPush(push, reading),
    sources: [report(ask, reading), mo(ask, reading)],
  };
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

function required(config: AccountConfig, field: 'username' | 'password'): string {
  const value = config[field];
  if (value.trim() === '') throw new SmsError(failure('invalid-config', 'sms57-login', { field }));
  return value;
}
