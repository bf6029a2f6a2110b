/** The vendors that there are. */
import type { Driver } from './driver';
import { driver as ejoin } from './ejoin';
import { driver as goip } from './goip';
import { driver as hezhong } from './hezhong';
import { driver as mobset } from './mobset';
import { driver as sms57 } from './sms57';

const DRIVERS: readonly Driver[] = [goip, sms57, ejoin, mobset, hezhong];

export const VENDORS: ReadonlyMap<string, Driver> = new Map(DRIVERS.map((driver) => [driver.id, driver]));

/** Names of options that a message may set, at whatever vendor. */
export const MESSAGE_OPTIONS: ReadonlySet<string> = new Set(
  DRIVERS.flatMap(({ options }) => options.filter(({ scope }) => scope !== 'gateway').map(({ name }) => name)),
);
