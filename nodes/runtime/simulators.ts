/** The simulators of gateways that simulate: one per vendor, started with the first gateway, stopped with the last. */
import type { Simulator } from '../simulators/simulator';
import { SIMULATORS } from '../simulators/registry';

/** A deploy takes gateways away and brings them back within this time; a simulator lives on meanwhile. */
const LINGER = 1_500;

interface Running {
  readonly simulator: Promise<Simulator>;
  users: number;
  /** Runs while a deploy may bring a gateway back. */
  stop: NodeJS.Timeout | undefined;
}

const running = new Map<string, Running>();

export interface SimulatorLease {
  readonly simulator: Simulator;
  /** `now`: no deploy is going on that could bring the gateway back. */
  release(now: boolean): Promise<void>;
}

/** Whether there is a simulator of the vendor. */
export function canSimulate(vendor: string): boolean {
  return Object.hasOwn(SIMULATORS, vendor);
}

/** Starts the vendor's simulator, or joins the one that runs. Rejects where it cannot listen. */
export async function leaseSimulator(vendor: string): Promise<SimulatorLease> {
  const start = SIMULATORS[vendor];
  if (!start) throw new Error(`no simulator for ${vendor}`);
  let entry = running.get(vendor);
  if (!entry) {
    entry = { simulator: start(), users: 0, stop: undefined };
    running.set(vendor, entry);
  }
  const mine = entry;
  clearTimeout(mine.stop);
  mine.stop = undefined;
  mine.users++;
  const end = async (): Promise<void> => {
    if (mine.users > 0 || running.get(vendor) !== mine) return;
    running.delete(vendor);
    await (await mine.simulator).close();
  };
  let released = false;
  try {
    return {
      simulator: await mine.simulator,
      release: async (now) => {
        if (released) return;
        released = true;
        mine.users--;
        if (!now) {
          clearTimeout(mine.stop);
          mine.stop = setTimeout(() => {
            mine.stop = undefined;
            end().catch(() => undefined);
          }, LINGER);
          mine.stop.unref();
        } else if (!mine.stop) {
          await end();
        }
      },
    };
  } catch (error) {
    running.delete(vendor);
    throw error;
  }
}
