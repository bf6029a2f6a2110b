/** Delivery reports that the platform pushes (document, 四). */
import type { Report } from '../../core/report';
import { readWallClock } from '../../core/time';
import { reportStatus } from './codes';
import { isPhone } from './numbers';
import { percentDecode } from './percent';

/** What reports are read with. */
export interface ReportReading {
  /** IANA zone of the times. */
  readonly zone: string;
  /** Only DELIVRD is a delivery, as section 四.2 has it. */
  readonly strict: boolean;
}

/** 四.2: phone, status, id, time, and mostly a serial number of the platform's. */
const FEWEST_FIELDS = 4;
const MOST_FIELDS = 5;

/** Reads the value of `rpts`. No field holds a separator, so it does not matter whether it was encoded as a whole. */
export function readReports(value: string, reading: ReportReading) {
  const reports: Report[] = [];
  const unreadable: string[] = [];
  for (const record of percentDecode(value).split(/[;；]/)) {
    const written = record.trim();
    if (written === '') continue;
    const report = readReport(written, reading);
    if (report) reports.push(report);
    else unreadable.push(written);
  }
  return { reports, unreadable };
}

function readReport(record: string, { zone, strict }: ReportReading): Report | undefined {
  const fields = record.split(/[,，]/).map((field) => field.trim());
  while (fields.length > FEWEST_FIELDS && fields.at(-1) === '') fields.pop();
  const [to = '', status = '', id = '', time] = fields;
  const isWhole = fields.length >= FEWEST_FIELDS && fields.length <= MOST_FIELDS;
  if (!isWhole || !isPhone(to) || status === '' || id === '') return undefined;
  const at = readWallClock(time, zone);
  return {
    id,
    to,
    ...reportStatus(status, strict),
    ...(at === undefined ? {} : { at }),
    vendorCode: status,
    raw: record,
  };
}
