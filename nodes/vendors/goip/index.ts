/** DBL GoIP "SMS SERVER" v1.27 and later: a server in front of GSM lines, called with JSON over HTTP. */
import { failure, SmsError } from '../../core/failure';
import type { Account, AccountConfig, Driver, DriverIo } from '../driver';
import { COMMANDS, run, type Ask } from './commands';
import { endpoint } from './endpoint';
import { PUSH_ANSWER, readPush } from './push';
import { readProbe } from './querylines';
import { querysms } from './querysms';
import { checkRecipient, mergeOptions, MOST_RECIPIENTS, readSendAnswer, sendParameters } from './sendsms';

export const driver: Driver = {
  id: 'goip',
  capabilities: {
    recipientsPerRequest: () => MOST_RECIPIENTS,
    batch: false,
    lineOf: ({ line }) => (typeof line === 'string' && line.trim() !== '' ? line.trim() : undefined),
    schedules: () => false,
    defaultWindow: 4,
    // `sendsms` may take 15 s and has stored the message by then (seen).
    defaultTimeout: 40,
    pushAnswer: PUSH_ANSWER,
    // The field for it holds no more (seen).
    longestPushUrl: 128,
  },
  fields: { url: { required: true }, credentials: ['username', 'password'] },
  options: [
    { name: 'provider', type: 'string', scope: 'both' },
    { name: 'line', type: 'string', scope: 'both' },
  ],
  commands: COMMANDS,
  mergeOptions,
  address: ({ url }) => endpoint(url)('sendsms'),
  open,
};

function open(config: AccountConfig, io: DriverIo): Account {
  const urlOf = endpoint(config.url);
  const auth = { username: required(config, 'username'), password: required(config, 'password') };

  /** Section 1: JSON by POST, the login in every request. */
  const ask: Ask = (call, parameters) =>
    io.http({
      method: 'POST',
      url: urlOf(call),
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ auth, ...parameters }),
    });

  return {
    async send(message) {
      return readSendAnswer(message, await ask('sendsms', sendParameters(message)));
    },
    // Half an emoji is the one thing that JSON cannot carry as UTF-8. An apostrophe is left to the server: older ones
    // answer `Bad query`, newer ones take it.
    checkText: (text) =>
      /\p{Surrogate}/u.test(text) ? failure('invalid-message', 'ill-formed-text', { field: 'text' }) : undefined,
    checkRecipient,
    async probe() {
      return readProbe(await ask('querylines', {}));
    },
    readPush: (push) => readPush(push, config.timezone),
    sources: [querysms((parameters) => ask('querysms', parameters), config.timezone)],
    run: (command, request) => run(ask, config.timezone, command, request),
  };
}

function required(config: AccountConfig, field: 'username' | 'password'): string {
  const value = config[field];
  if (value.trim() === '') throw new SmsError(failure('invalid-config', 'goip-login', { field }));
  return value;
}
