/**
 * The other way in which devices push an inbound SMS, "SMS to HTTP": `POST …?port=61A&sender=…&mac=…&iccid=…`, and as the
 * body the text behind a block of headers. The document does not have it.
 */
import type { Inbound } from '../../core/inbound';
import { formatPort, parsePort } from '../../core/port';
import type { Events, Push } from '../driver';
import { identityOf } from '../identity';
import { textOf } from '../json';
import { eventsOf } from './cells';
import { twinName } from './recv-sms';
import { readPlain } from './sms-text';

/** A push of this form; `undefined` where it is none. */
export function readSmsToHttp({ method, query, body }: Push): Events | undefined {
  if (method !== 'POST' || body.length === 0) return undefined;
  const values = valuesOf(query);
  const port = parsePort(values.get('port'));
  const asked = values.get('sender');
  if (port === undefined || asked === undefined) return undefined;
  const written = body.toString('utf8');
  const { text, sender, receiver, smsc, at } = readPlain(written);
  const from = textOf(asked) ?? sender;
  if (from === undefined) return undefined;
  const line = formatPort(port, 'letter');
  const [mac, iccid] = [textOf(values.get('mac')), textOf(values.get('iccid'))];
  const inbound: Inbound = {
    from,
    ...(receiver === undefined ? {} : { to: receiver }),
    line,
    text,
    ...(at === undefined ? {} : { at }),
    ...(smsc === undefined ? {} : { smsc }),
    ...(iccid === undefined ? {} : { iccid }),
    // Without the time of the service centre, two equal texts of one sender cannot be told from a repetition.
    ...(at === undefined ? {} : { identity: identityOf(line, at, from, receiver, text) }),
    twin: { name: twinName(line, from, text), form: 'http' },
    raw: { port: values.get('port'), sender: asked, mac, iccid, body: written },
  };
  return eventsOf({ inbound: [inbound] });
}

/** The values of a query, each name in lower case; the first of a name counts. */
function valuesOf(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = pair.slice(0, equals).toLowerCase();
    if (!values.has(name)) values.set(name, decoded(pair.slice(equals + 1)));
  }
  return values;
}

/** A `+` in front of a number is the number's: devices do not encode it. Any other is a blank. */
function decoded(value: string): string {
  const blanks = value.replace(/(?!^\+\d)\+/g, ' ');
  try {
    return decodeURIComponent(blanks);
  } catch {
    return blanks;
  }
}
