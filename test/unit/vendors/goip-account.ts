/** What the tests of goip's events share: its configuration, and a report in a line. */
import type { Report } from '../../../nodes/core/report';
import type { AccountConfig } from '../../../nodes/vendors/driver';

export const CONFIG: AccountConfig = {
  url: 'http://192.168.1.2',
  accountId: '',
  username: 'root',
  password: 'pass"word',
  options: {},
  timezone: 'Asia/Shanghai',
  country: '86',
};

/** Without what a table does not ask for; null is absent. */
export const brief = ({ id, to, line, state, final, vendorCode, vendorTextKey, failure }: Report) =>
  [id, to, line, state, final, vendorCode, vendorTextKey, failure?.code].map((field) => field ?? null);
