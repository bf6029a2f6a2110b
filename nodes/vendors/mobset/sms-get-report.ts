/** Delivery reports (document, 4.3, `Methods=SmsGetReport`). */
import { failure, vendorTextKey } from '../../core/failure';
import type { Report } from '../../core/report';
import type { Source } from '../driver';
import { fieldOf, textOf, type JsonRecord } from '../json';
import type { Connection } from './call';
import { readBeijingTime } from './clock';
import { REPORTS, type ReportMeaning } from './codes';
import { sourceOf } from './collect';

export function smsGetReport(connection: Connection): Source {
  return sourceOf<Report>(connection, { name: 'SmsGetReport', gives: 'reports', page: 50, hours: 48, read });
}

/** A code that no table knows may be followed by one that the table has. */
const UNKNOWN: ReportMeaning = { state: 'unknown', code: 'vendor-error' };

/** Section 4.3.2. A report does not say the number, and `ExStatus` is the operator's code, for reading only. */
function read(record: JsonRecord): Report | undefined {
  const id = textOf(fieldOf(record, 'SmsId'));
  const status = textOf(fieldOf(record, 'Status'));
  if (id === undefined || status === undefined || !/^[+-]?\d{1,9}$/.test(status)) return undefined;
  const number = String(Number(status));
  const known = Object.hasOwn(REPORTS, number) ? REPORTS[number] : undefined;
  const { state, code } = known ?? UNKNOWN;
  const at = readBeijingTime(fieldOf(record, 'ReportTime'));
  const vendorText = textOf(fieldOf(record, 'ExStatus'));
  const said = {
    vendorCode: status,
    ...(vendorText === undefined ? {} : { vendorText }),
    ...(known === undefined ? {} : { vendorTextKey: vendorTextKey('report', number) }),
  };
  return {
    id,
    state,
    final: known !== undefined && state !== 'accepted' && state !== 'sent',
    ...(at === undefined ? {} : { at }),
    ...said,
    ...(code === undefined ? {} : { failure: { ...failure(code), ...said } }),
    raw: record,
  };
}
