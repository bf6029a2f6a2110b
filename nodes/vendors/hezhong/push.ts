/**
 * What the platform pushes (document, 四 and 五): the parameters `rpts` and `mos`, in the query, in a form, or in a body
 * that says nothing of its type.
 */
import type { Push, PushRead } from '../driver';
import { decodeAnswer } from './charset';
import { readInbounds } from './mos';
import { readReports, type ReportReading } from './rpts';

/** 四.2: none is asked for, and nothing is pushed twice. */
export const PUSH_ANSWER = 'OK';

/** Reads a push; nothing where it has neither parameter, or no record that makes sense. An empty list is one. */
export function readPush({ query, body }: Push, reading: ReportReading): PushRead | undefined {
  const parameters = [...parametersOf(textOfQuery(query)), ...parametersOf(decodeAnswer(body))];
  const valuesOf = (name: string) => parameters.filter((parameter) => parameter.name === name);
  const [rpts, mos] = [valuesOf('rpts'), valuesOf('mos')];
  if (rpts.length + mos.length === 0) return undefined;

  const reported = rpts.map(({ value }) => readReports(value, reading));
  const received = mos.map(({ value }) => readInbounds(value, reading.zone));
  const reports = reported.flatMap((read) => read.reports);
  const inbound = received.flatMap((read) => read.inbound);
  const unreadable = [...reported, ...received].flatMap((read) => read.unreadable);
  if (reports.length + inbound.length === 0 && unreadable.length > 0) return undefined;
  const type = mos.length === 0 ? 'rpts' : rpts.length === 0 ? 'mos' : 'mixed';
  return { type, reports, inbound, devices: [], unreadable };
}

/** Bytes beyond ASCII stand in a URL as Latin-1, whatever they were meant to be. */
function textOfQuery(query: string): string {
  return /^[\0-\xff]*$/.test(query) ? decodeAnswer(Buffer.from(query, 'latin1')) : query;
}

interface Parameter {
  /** In lower case. */
  readonly name: string;
  /** As it came. */
  value: string;
}

/** The parameters of a query or a form. What has no name is an `&` in the value before it. */
function parametersOf(text: string): Parameter[] {
  const found: Parameter[] = [];
  for (const part of text.split('&')) {
    const [, name, value = ''] = /^\s*([a-z_]\w*)\s*=(.*)$/is.exec(part) ?? [];
    const last = found.at(-1);
    if (name !== undefined) found.push({ name: name.toLowerCase(), value });
    else if (last) last.value += `&${part}`;
  }
  return found;
}
