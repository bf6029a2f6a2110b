/** What the tests of sms57's events share: its configuration. */
import type { AccountConfig } from '../../../nodes/vendors/driver';

export const CONFIG: AccountConfig = {
  url: 'http://192.168.1.4:7822/sms',
  accountId: '',
  username: '922011',
  password: 'p&ss+1',
  options: { md5: false, batch: 200 },
  timezone: 'Asia/Shanghai',
  country: '86',
};
