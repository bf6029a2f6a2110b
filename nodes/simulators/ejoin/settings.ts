/**
 * The parameters that `get` and `set` know (5.1.2): those of the device's configuration, and the settings of the simulation,
 * by which whoever talks to it makes states happen.
 *
 * | parameter | value |
 * | --- | --- |
 * | `sms_url` | where received SMS go; empty = nowhere |
 * | `sim_imei(n)` | IMEI of a slot, 15 digits; n = (port - 1) * 4 + slot - 1 |
 * | `simulate_state(n)` | the state that the card in use of port n + 1 brings it to: 3 = nothing is wrong with it |
 * | `simulate_balance(n)` | balance of a card, with two decimals; n as for `sim_imei` |
 * | `simulate_call(n)` | a call of so many seconds goes out of port n + 1 |
 * | `simulate_queue` | most tasks that wait; 0 = the queue is full |
 * | `simulate_reboot` | milliseconds that a restart takes |
 */
import type { Device } from './device-state';
import { NO_CARD, PORTS, REGISTERED, simAt, SLOTS, type Port } from './lines';
import { isWebAddress } from './post-sms';
import { STATE_NAMES } from './status';

interface Setting {
  /** Places of an array; without it there is one value. */
  readonly size?: number;
  readonly get: (index: number) => string | undefined;
  readonly accepts: (value: string, index: number) => boolean;
  readonly set: (value: string, index: number, now: number) => void;
}

/** States that a card can bring a port to; the others come of commands and of time. */
const TROUBLES = Object.keys(STATE_NAMES).filter((state) => !['1', '2', '3', '4', '12'].includes(state));

export class Settings {
  readonly #device: Device;
  readonly #settings: ReadonlyMap<string, Setting>;
  #savedImeis: readonly (readonly string[])[];

  constructor(device: Device) {
    this.#device = device;
    this.#savedImeis = device.ports.map(({ imeis }) => [...imeis]);
    this.#settings = new Map(Object.entries(makeSettings(device)));
  }

  /** The value of a parameter, `name` or `name(index)`; `undefined` where there is no such one. */
  get(name: string): string | undefined {
    const found = this.#find(name);
    return found?.setting.get(found.index);
  }

  /** Whether a parameter takes a value. */
  accepts(name: string, value: string): boolean {
    const found = this.#find(name);
    return found?.setting.accepts(value, found.index) ?? false;
  }

  /** Sets what was found to be acceptable. */
  set(name: string, value: string, now: number): void {
    const found = this.#find(name);
    found?.setting.set(value, found.index, now);
  }

  /** What is saved outlives a restart. */
  save(): void {
    this.#savedImeis = this.#device.ports.map(({ imeis }) => [...imeis]);
    this.#device.pushes.save();
  }

  /** The device was started again. */
  restart(): void {
    for (const [place, port] of this.#device.ports.entries())
      port.imeis.splice(0, SLOTS, ...(this.#savedImeis[place] ?? []));
  }

  #find(name: string): { readonly setting: Setting; readonly index: number } | undefined {
    const parts = /^([a-z_]{1,40})(?:\((\d{1,4})\))?$/.exec(name);
    const setting = this.#settings.get(parts?.[1] ?? '');
    const place = parts?.[2];
    if (!setting || (place === undefined) !== (setting.size === undefined)) return undefined;
    const index = Number(place ?? 0);
    return index < (setting.size ?? 1) ? { setting, index } : undefined;
  }
}

function makeSettings(device: Device): Record<string, Setting> {
  const portOf = (index: number): Port | undefined => device.ports[index];
  /** Of an array over all slots. */
  const slotOf = (index: number): { port: Port | undefined; slot: number } => ({
    port: device.ports[Math.floor(index / SLOTS)],
    slot: (index % SLOTS) + 1,
  });
  const simOf = (index: number) => {
    const { port, slot } = slotOf(index);
    return port && simAt(port, slot);
  };
  return {
    sms_url: {
      get: () => device.pushes.smsUrl ?? '',
      accepts: (value) => value === '' || isWebAddress(value),
      set: (value) => {
        device.pushes.smsUrl = value === '' ? undefined : value;
      },
    },
    sim_imei: {
      size: PORTS * SLOTS,
      get: (index) => {
        const { port, slot } = slotOf(index);
        return port?.imeis[slot - 1];
      },
      accepts: (value) => /^\d{15}$/.test(value),
      set: (value, index) => {
        const { port, slot } = slotOf(index);
        port?.imeis.splice(slot - 1, 1, value);
      },
    },
    simulate_state: {
      size: PORTS,
      get: (index) => String(portOf(index)?.state ?? NO_CARD),
      accepts: (value, index) =>
        (value === String(REGISTERED) || TROUBLES.includes(value)) &&
        portOf(index)?.sims.some(({ slot }) => slot === portOf(index)?.slot) === true,
      set: (value, index, now) => {
        const port = portOf(index);
        if (port) device.control.setTrouble(port, value === String(REGISTERED) ? undefined : Number(value), now);
      },
    },
    simulate_balance: {
      size: PORTS * SLOTS,
      get: (index) => ((simOf(index)?.balance ?? 0) / 100).toFixed(2),
      accepts: (value, index) => /^-?\d{1,7}(\.\d{1,2})?$/.test(value) && simOf(index) !== undefined,
      set: (value, index, now) => {
        const { port, slot } = slotOf(index);
        if (port) device.control.setBalance(port, slot, Math.round(Number(value) * 100), now);
      },
    },
    simulate_call: {
      size: PORTS,
      get: () => '0',
      accepts: (value) => /^\d{1,5}$/.test(value),
      set: (value, index, now) => {
        device.call(index + 1, Number(value), now);
      },
    },
    simulate_queue: {
      get: () => String(device.queue),
      accepts: (value) => /^\d{1,6}$/.test(value),
      set: (value) => {
        device.queue = Number(value);
      },
    },
    simulate_reboot: {
      get: () => String(device.reboot),
      accepts: (value) => /^\d{1,6}$/.test(value),
      set: (value) => {
        device.reboot = Number(value);
      },
    },
  };
}
