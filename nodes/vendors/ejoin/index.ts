/** Ejoin (一正) multi-SIM GSM gateways, HTTP SMS API 2.0. */
import type { Driver } from '../driver';
import { COMMANDS } from './commands';
import { openAccount } from './open';
import { attachmentsOption, isMms, isShared, OPTIONS, textOption } from './options';

/** The document sets no limit; a device is a small computer, and its queue refuses what is too much (code 16). */
const TASKS_PER_REQUEST = 100;

export const driver: Driver = {
  id: 'ejoin',
  capabilities: {
    // Each task carries its own files, unless an interval puts all recipients into one task.
    recipientsPerRequest: (options) =>
      attachmentsOption(options).length > 0 && !isShared(options) ? 1 : TASKS_PER_REQUEST,
    batch: true,
    lineOf: (options) => textOption(options, 'from'),
    allowsEmptyText: isMms,
    schedules: () => false,
    // The id is the task's.
    clientIds: (options) => (isShared(options) ? 'item' : 'recipient'),
    defaultWindow: 1,
    defaultTimeout: 20,
    // The document names no answer; any 200 is assumed to do.
    pushAnswer: 'OK',
  },
  fields: { url: { required: true }, credentials: ['username', 'password'] },
  options: OPTIONS,
  commands: COMMANDS,
  open: openAccount,
};
