/** The simulators that ship, by the vendor whose side they take. */
import type { StartSimulator } from './simulator';

export const SIMULATORS: Readonly<Record<string, StartSimulator>> = {};
