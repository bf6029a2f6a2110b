/** Inbound SMS (document, 4.2, `Methods=SmsGetRecv`). */
import type { Inbound } from '../../core/inbound';
import type { Source } from '../driver';
import { fieldOf, textOf, type JsonRecord } from '../json';
import type { Connection } from './call';
import { readBeijingTime } from './clock';
import { sourceOf } from './collect';

export function smsGetRecv(connection: Connection): Source {
  return sourceOf<Inbound>(connection, { name: 'SmsGetRecv', gives: 'inbound', page: 20, hours: 240, read });
}

/** Section 4.2.2. `RecvNumber` is the service number that the reply went to, as in the sample, whatever the text says. */
function read(record: JsonRecord): Inbound | undefined {
  const from = textOf(fieldOf(record, 'PhoneNumber'));
  const content = fieldOf(record, 'Content');
  if (from === undefined || (typeof content !== 'string' && typeof content !== 'number')) return undefined;
  const to = textOf(fieldOf(record, 'RecvNumber'));
  const extension = textOf(fieldOf(record, 'AddNum'));
  const at = readBeijingTime(fieldOf(record, 'RecvTime'));
  return {
    from,
    ...(to === undefined ? {} : { to }),
    ...(extension === undefined ? {} : { extension }),
    text: String(content),
    ...(at === undefined ? {} : { at }),
    raw: record,
  };
}
