/** The simulators that ship, by the vendor whose side they take. */
import { start as ejoin } from './ejoin';
import { start as goip } from './goip';
import { start as hezhong } from './hezhong';
import { start as mobset } from './mobset';
import type { StartSimulator } from './simulator';
import { start as sms57 } from './sms57';

export const SIMULATORS: Readonly<Record<string, StartSimulator>> = { goip, sms57, ejoin, mobset, hezhong };
