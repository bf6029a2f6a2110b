/** 2.3: what became of an SMS, pushed when it is over, or asked for with `querysms`. */
import { failure, vendorTextKey } from '../../core/failure';
import { readBoolean } from '../../core/option';
import type { Report } from '../../core/report';
import { readWallClock } from '../../core/time';
import { fieldOf, textOf, type JsonRecord } from '../json';
import { cmsError, SEND } from './codes';
import { lineOf } from './rows';

/** The report in a row; nothing where the task or its state is missing. `sendTime` is seen, not in the document. */
export function readReport(row: JsonRecord, zone: string): Report | undefined {
  const task = subTask(fieldOf(row, 'taskID'));
  const meaning = meaningOf(row);
  if (!task || !meaning) return undefined;
  const at = readWallClock(fieldOf(row, 'sendTime'), zone);
  const line = lineOf(row);
  return {
    ...task,
    ...meaning,
    ...(at === undefined ? {} : { at }),
    ...(line === undefined ? {} : { line }),
    raw: row,
  };
}

/**
 * 2.2: `<taskID>.<number>`, split at the first dot. A number of JSON may be a task, but no sub-task: it would have lost
 * the zeros that a phone number ends with.
 */
function subTask(written: unknown): { readonly id: string; readonly to?: string } | undefined {
  if (typeof written === 'number' && !Number.isSafeInteger(written)) return undefined;
  const text = textOf(written) ?? '';
  const dot = text.indexOf('.');
  const id = dot < 0 ? text : text.slice(0, dot);
  if (id === '') return undefined;
  const to = text.slice(id.length + 1);
  return to === '' ? { id } : { id, to };
}

type Meaning = Pick<Report, 'state' | 'final' | 'vendorCode' | 'vendorTextKey' | 'failure'>;

function meaningOf(row: JsonRecord): Meaning | undefined {
  const send = textOf(fieldOf(row, 'send'));
  if (send === undefined) return undefined;
  const name = send.toLowerCase();
  const state = Object.hasOwn(SEND, name) ? SEND[name] : undefined;
  if (state === undefined) {
    // A word that is in no edition: it proves nothing, and another may follow.
    const why = { ...failure('vendor-error'), vendorCode: send };
    return { state: 'unknown', final: false, vendorCode: send, failure: why };
  }
  const vendor = { vendorCode: send, vendorTextKey: vendorTextKey('send', name) };
  if (name === 'failed') return failed(fieldOf(row, 'err_code'), vendor);
  const isReceived = name === 'succeeded' && readBoolean(fieldOf(row, 'receipt')) === true;
  return isReceived ? { state: 'delivered', final: true, ...vendor } : { state, final: false, ...vendor };
}

/** The code of appendix A says more than `failed`, where there is one. */
function failed(errCode: unknown, vendor: Pick<Meaning, 'vendorCode' | 'vendorTextKey'>): Meaning {
  const { state, failure: why } = cmsError(errCode);
  const { vendorCode, vendorTextKey: key } = why;
  if (vendorCode === undefined) return { state, final: true, ...vendor, failure: { ...why, ...vendor } };
  return { state, final: true, vendorCode, ...(key === undefined ? {} : { vendorTextKey: key }), failure: why };
}
