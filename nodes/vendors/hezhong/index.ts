/** Hezhong Huchuang 合众互创, protocol 1.1: a Chinese SMS platform in GBK. Document `004`, May 2018. */
import { failure, SmsError } from '../../core/failure';
import type { AccountConfig, Driver } from '../driver';
import { apiBase, Connection, DEFAULT_ROOT } from './call';
import { carries, FORMATS } from './charset';
import { checkRecipient } from './numbers';
import { PUSH_ANSWER, readPush } from './push';
import { balance, probe } from './query-balance';
import { checkText, MOST_RECIPIENTS, send, SUB } from './send-mt';

export const driver: Driver = {
  id: 'hezhong',
  capabilities: {
    recipientsPerRequest: () => MOST_RECIPIENTS,
    batch: false,
    schedules: () => false,
    defaultWindow: 4,
    defaultTimeout: 20,
    pushAnswer: PUSH_ANSWER,
  },
  fields: {
    url: { required: false, placeholder: DEFAULT_ROOT },
    credentials: ['accountId', 'username', 'password'],
  },
  options: [
    { name: 'sub', type: 'string', scope: 'both', pattern: SUB },
    { name: 'msgFormat', type: 'choice', scope: 'both', choices: FORMATS, default: 'gbk' },
    { name: 'strictReports', type: 'boolean', scope: 'gateway', default: false },
  ],
  accountCalls: ['balance'],
  address: ({ url }) => apiBase(url),
  open(given, io) {
    const config: AccountConfig = { ...given, accountId: given.accountId.trim(), username: given.username.trim() };
    for (const field of ['accountId', 'username', 'password'] as const) {
      if (config[field] === '' || !carries(config[field], 'gbk')) {
        throw new SmsError(failure('invalid-config', 'hezhong-credential', { field }));
      }
    }
    const connection = new Connection(config, io);
    const reading = { zone: config.timezone, strict: config.options.strictReports === true };
    return {
      send: (request) => send(connection, request),
      checkText,
      checkRecipient,
      probe: () => probe(connection),
      balance: () => balance(connection),
      readPush: (push) => readPush(push, reading),
    };
  },
};
