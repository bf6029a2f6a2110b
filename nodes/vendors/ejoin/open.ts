/** An account at a device, and the look at its status (4) that shows whether the login works. */
import { failure, SmsError, type Failure } from '../../core/failure';
import type { Account, AccountConfig, DriverIo } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, leadingInteger } from '../json';
import { rawOf, refusalOf } from './answer';
import { checkText } from './check';
import { runCommand } from './commands';
import { Connection } from './connection';
import { DeviceRun } from './device-run';
import { getSmsSource } from './get-sms';
import { integerOption, intervalOption } from './options';
import { readPush } from './push';
import { checkCopies, isFailure, portsOf } from './sender';
import { send } from './sending';
import { settle } from './settle';

/** Opens an account. Throws an `SmsError` of code `invalid-config` that names the field. */
export function openAccount(config: AccountConfig, io: DriverIo): Account {
  const connection = new Connection(config, io);
  const run = new DeviceRun(connection, io);
  const ports = portsOf(config.options, 'ports');
  if (isFailure(ports)) throw new SmsError(ports);
  if (intervalOption(config.options) === 'invalid') {
    throw new SmsError(failure('invalid-config', 'ejoin-intvl', { field: 'intvl' }));
  }
  const slots = integerOption(config.options, 'slots');
  const device = { connection, ...(slots === undefined ? {} : { slots }) };
  return {
    send: async (request) => {
      run.checkAnswers();
      return send(request, connection, io).catch((error: unknown) => {
        run.forget();
        throw error;
      });
    },
    currentRun: () => run.current(),
    settle: (unsettled) => settle(unsettled, connection, run),
    checkMessage: checkCopies,
    checkText,
    checkRecipient: (to) => (/^\+?\d{3,20}$/.test(to) ? undefined : failure('invalid-recipient')),
    probe: () => probe(connection),
    readPush,
    sources: [getSmsSource(connection, config.options, run, io)],
    run: (command, request) => runCommand(device, command, request),
  };
}

/** `goip_get_status.html` (4): without `url` and `period` the device answers at once and changes no subscription. */
async function probe(connection: Connection): Promise<Failure | undefined> {
  const answer = await connection.get('goip_get_status.html');
  const refused = statusResult(answer);
  if (refused) return refused.failure;
  const raw = rawOf(answer);
  if (!isRecord(raw)) return failure('unreadable-answer');
  const refusal = refusalOf(raw);
  if (refusal) return refusal.failure;
  const known = leadingInteger(fieldOf(raw, 'code')) !== undefined || Array.isArray(fieldOf(raw, 'status'));
  return known ? undefined : failure('unreadable-answer');
}
