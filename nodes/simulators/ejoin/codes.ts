/** The codes of a task call (6.3.1.4), with the device's own words. */

export const TASK_CODES = {
  0: 'OK',
  1: 'Invalid User',
  2: 'Invalid Port',
  3: 'USSD Expected',
  4: 'Pending USSD',
  5: 'SIM Unregistered',
  6: 'Timeout',
  7: 'Server Error',
  8: 'SMS expected',
  9: 'TO expected',
  10: 'Pending Transaction',
  11: 'TID Expected',
  12: 'FROM Expected',
  13: 'Duplicated TaskId',
  14: 'Unauthorized',
  15: 'Invalid CMD',
  16: 'Too Many Task',
  17: 'MMS Title expected',
  18: 'Too Many MMS Attachments',
  19: 'MMS Attachments expected',
  20: 'MMS Attachments Cache size Overlimit',
} as const;

export type TaskCode = keyof typeof TASK_CODES;

/** Code and words in one string, as `status` and the cause of a failed SMS hold them: `2 Invalid Port`. */
export function codeText(code: TaskCode): string {
  return `${code} ${TASK_CODES[code]}`;
}
