/** The state of all ports, asked for once or subscribed to: `goip_get_status.html` (4.1.1, 4.1.2). */
import { failure, SmsError } from '../../core/failure';
import type { CommandAnswer, CommandRequest } from '../../core/command';
import type { OptionSpec } from '../driver';
import { fieldOf, leadingInteger } from '../json';
import { recordOf, type Command, type Device } from './command';
import { isDevStatus, readDevStatus } from './device-status';

const CALL = 'goip_get_status.html';

/** Seconds: the document's least and its default. */
const LEAST_PERIOD = 60;
const MOST_PERIOD = 2 ** 31 - 1;

const ALL_SIMS: OptionSpec = { name: 'allSims', type: 'boolean', scope: 'message', default: false };
const PERIOD: OptionSpec = {
  ...{ name: 'period', type: 'integer', scope: 'message' },
  ...{ min: LEAST_PERIOD, max: MOST_PERIOD, default: LEAST_PERIOD },
};

export const STATUS_COMMANDS: readonly Command[] = [
  { spec: { name: 'status', ports: 'none', args: [ALL_SIMS] }, run: query },
  { spec: { name: 'subscribe', ports: 'none', args: [PERIOD, ALL_SIMS] }, run: subscribe },
  { spec: { name: 'unsubscribe', ports: 'none', args: [] }, run: unsubscribe },
];

/** Without `url` and `period` the device answers at once and changes no subscription. */
async function query({ connection }: Device, { args }: CommandRequest): Promise<CommandAnswer> {
  const raw = recordOf(await connection.get(CALL, allSims(args)));
  if (!isDevStatus(raw)) throw new SmsError(failure('unreadable-answer'));
  const ports = readDevStatus(raw).devices.flatMap((device) => device.ports);
  return { payload: { ports }, raw };
}

async function subscribe({ connection }: Device, { args, callbackUrl }: CommandRequest): Promise<CommandAnswer> {
  const period = args.period ?? LEAST_PERIOD;
  if (typeof period !== 'number' || !(Number.isSafeInteger(period) && period >= LEAST_PERIOD)) {
    throw new SmsError(failure('invalid-message', 'ejoin-period', { field: 'period', min: LEAST_PERIOD }));
  }
  if (callbackUrl === undefined) throw new SmsError(failure('invalid-config', 'ejoin-no-callback'));
  return subscribed({ connection }, { url: callbackUrl, period, ...allSims(args) });
}

/** `period` 0 ends it; `url`, where it is known, stands there as in the document's sample. */
function unsubscribe(device: Device, { callbackUrl }: CommandRequest): Promise<CommandAnswer> {
  return subscribed(device, { ...(callbackUrl === undefined ? {} : { url: callbackUrl }), period: 0 });
}

async function subscribed(
  { connection }: Device,
  parameters: Readonly<Record<string, string | number>>,
): Promise<CommandAnswer> {
  const raw = recordOf(await connection.get(CALL, parameters));
  // A device may answer with the status itself.
  if (leadingInteger(fieldOf(raw, 'code')) === undefined && !isDevStatus(raw)) {
    throw new SmsError(failure('unreadable-answer'));
  }
  return { payload: { ok: true }, raw };
}

function allSims(args: CommandRequest['args']): Readonly<Record<string, number>> {
  return args.allSims === true ? { all_sims: 1 } : {};
}
