/** Mobset 首易短信, HTTP V3.0: a Chinese SMS platform. Document `003`, February 2024. */
import { failure, SmsError } from '../../core/failure';
import type { AccountConfig, Driver } from '../driver';
import { Connection } from './call';
import { checkRecipient } from './numbers';
import { cancel } from './sms-cancel';
import { balance, probe } from './sms-get-balance';
import { smsGetRecv } from './sms-get-recv';
import { smsGetReport } from './sms-get-report';
import { signature } from './sms-get-sign';
import { ADD_NUM, checkText, MOST_RECIPIENTS, send } from './sms-send';

const PATH = '/SDK3/Sms';

export const driver: Driver = {
  id: 'mobset',
  capabilities: {
    recipientsPerRequest: () => MOST_RECIPIENTS,
    batch: false,
    schedules: ({ vendorSchedule }) => vendorSchedule === true,
    defaultWindow: 4,
    // Section 4.1.2 asks for more than 30 seconds.
    defaultTimeout: 40,
  },
  fields: {
    url: { required: false, placeholder: `https://sms.mobset.com:843${PATH}` },
    credentials: ['accountId', 'username', 'password'],
  },
  options: [
    { name: 'addNum', type: 'string', scope: 'both', pattern: ADD_NUM },
    { name: 'longSms', type: 'boolean', scope: 'both', default: true },
    { name: 'http', type: 'boolean', scope: 'gateway', default: false },
    { name: 'timestamp', type: 'choice', scope: 'gateway', choices: ['14', '10'], default: '14' },
    { name: 'vendorSchedule', type: 'boolean', scope: 'gateway', default: false },
  ],
  accountCalls: ['balance', 'signature', 'cancel'],
  address: endpoint,
  open(given, io) {
    const config: AccountConfig = { ...given, accountId: given.accountId.trim(), username: given.username.trim() };
    for (const field of ['accountId', 'username', 'password'] as const) {
      if (config[field] === '' || /\p{Surrogate}/u.test(config[field])) throw invalid('mobset-credential', field);
    }
    const connection = new Connection(endpoint(config), config, io);
    return {
      send: (request) => send(connection, request),
      checkText,
      checkRecipient,
      probe: () => probe(connection),
      balance: () => balance(connection),
      signature: () => signature(connection),
      cancel: (ids) => cancel(connection, ids),
      sources: [smsGetRecv(connection), smsGetReport(connection)],
    };
  },
};

function invalid(detail: string, field: string): SmsError {
  return new SmsError(failure('invalid-config', detail, { field }));
}

/** Section 2.5: the platform by the range of the CorpID. HTTPS is on 843; the 8096 of the samples is out of date. */
function endpoint({ url, accountId, options }: AccountConfig): string {
  if (url.trim() !== '') return typedUrl(url.trim());
  const platform = /^([123])\d{5}$/.exec(accountId)?.[1];
  if (platform === undefined) throw invalid('mobset-range', 'url');
  const host = `sms${platform === '1' ? '' : platform}.mobset.com`;
  return options.http === true ? `http://${host}:8095${PATH}` : `https://${host}:843${PATH}`;
}

/** A full endpoint, taken as it is; one without a path gets the platform's. */
function typedUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('mobset-url', 'url');
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') throw invalid('mobset-url', 'url');
  if (url.pathname === '/') url.pathname = PATH;
  url.hash = '';
  return url.href;
}
