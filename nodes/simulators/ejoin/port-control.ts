/**
 * What changes the state of the ports: commands (section 5), troubles of their cards, balances that are used up. A command
 * is taken at once, and what comes of it shows a moment later, as "port-status" where somebody subscribed to that (4.1.4).
 */
import type { Agenda } from './agenda';
import {
  CALLING,
  canSend,
  isLocked,
  NO_BALANCE,
  NO_CARD,
  PRICE,
  REGISTERED,
  REGISTERING,
  REGISTRATION_FAILED,
  simAt,
  SLOTS,
  USER_LOCKED,
  type Port,
} from './lines';

/** Milliseconds from a command to the first sign of it. */
const TAKING = 300;
/** Milliseconds that a card needs to register. */
const REGISTRATION = 1500;

/** What the commands came to that a port has not followed yet. */
interface Wish {
  readonly slot: number;
  readonly restart: boolean;
}

export class PortControl {
  readonly #agenda: Agenda;
  readonly #changed: (port: Port, at: number) => void;
  readonly #followed: (port: Port, at: number) => void;
  /** Counts what was planned for a port: a later plan takes the place of the one before. */
  readonly #plans = new Map<Port, number>();
  readonly #wishes = new Map<Port, Wish>();
  /** Slots whose cards failed one after the other; the port does not go back to them by itself. */
  readonly #failed = new Map<Port, Set<number>>();

  /**
   * `changed` is called after each change of a port's state or slot; `followed` after a command has been, for a lock that
   * was taken off before it showed changes no state.
   */
  constructor(agenda: Agenda, changed: (port: Port, at: number) => void, followed: (port: Port, at: number) => void) {
    this.#agenda = agenda;
    this.#changed = changed;
    this.#followed = followed;
  }

  /** Without a slot the whole port. */
  lock(port: Port, slot: number | undefined, at: number): void {
    for (const one of slotsOf(slot)) port.lockedSlots.add(one);
    this.#obey(port, {}, at);
  }

  unlock(port: Port, slot: number | undefined, at: number): void {
    for (const one of slotsOf(slot)) port.lockedSlots.delete(one);
    this.#obey(port, {}, at);
  }

  switch(port: Port, slot: number, at: number): void {
    this.#obey(port, { slot }, at);
  }

  reset(port: Port, at: number): void {
    this.#obey(port, { restart: true }, at);
  }

  /** `auto_fail_sim_switch`. */
  setAutoSwitch(port: Port, isOn: boolean): void {
    port.autoSwitch = isOn;
    this.#failed.delete(port);
  }

  /** Something happens to the card in use, by which the port comes to `state`; or nothing is wrong with it any more. */
  setTrouble(port: Port, state: number | undefined, at: number): void {
    const sim = port.sims.find((one) => one.slot === port.slot);
    if (!sim) return;
    if (state === undefined) delete sim.trouble;
    else sim.trouble = state;
    this.#settle(port, at);
  }

  /** In hundredths. */
  setBalance(port: Port, slot: number, balance: number, at: number): void {
    const sim = simAt(port, slot);
    if (!sim) return;
    sim.balance = balance;
    if (slot !== port.slot || balance < PRICE === (port.state === NO_BALANCE)) return;
    if (canSend(port) || port.state === NO_BALANCE) this.#settle(port, at);
  }

  /** The card in use pays for an SMS. */
  charge(port: Port, at: number): void {
    const sim = simAt(port);
    if (sim) this.setBalance(port, port.slot, sim.balance - PRICE, at);
  }

  /** A call goes out, and is over after `length` milliseconds. */
  call(port: Port, length: number, at: number): void {
    this.#set(port, CALLING, at);
    this.#plan(port, at + length, (end) => {
      this.#settle(port, end);
    });
  }

  /** The device is switched off, and what was planned is gone with its agenda. Its ports register once it is `up` again. */
  restart(ports: readonly Port[], up: number): void {
    this.#wishes.clear();
    this.#failed.clear();
    for (const port of ports) {
      port.state = isLocked(port) ? USER_LOCKED : simAt(port) ? REGISTERING : NO_CARD;
      if (port.state !== REGISTERING) continue;
      this.#plan(port, up, (at) => {
        this.#register(port, at);
      });
    }
  }

  #obey(port: Port, wish: Partial<Wish>, at: number): void {
    const before = this.#wishes.get(port) ?? { slot: port.slot, restart: false };
    this.#wishes.set(port, { ...before, ...wish });
    this.#plan(port, at + TAKING, (time) => {
      this.#follow(port, time);
      this.#followed(port, time);
    });
  }

  #follow(port: Port, at: number): void {
    const { slot, restart } = this.#wishes.get(port) ?? { slot: port.slot, restart: false };
    this.#wishes.delete(port);
    const isMoved = slot !== port.slot;
    port.slot = slot;
    // What was planned before gave way to this, so a registration begins anew, too.
    const isUnsettled = port.state === USER_LOCKED || port.state === REGISTERING || port.state === CALLING;
    if (isLocked(port) || !simAt(port)) this.#settle(port, at, isMoved);
    else if (restart || isMoved || isUnsettled) this.#register(port, at, isMoved);
  }

  #register(port: Port, at: number, isMoved = false): void {
    this.#set(port, REGISTERING, at, isMoved);
    this.#plan(port, at + REGISTRATION, (time) => {
      this.#settle(port, time);
    });
  }

  /** Puts the port into the state that its lock and its card make for. */
  #settle(port: Port, at: number, isMoved = false): void {
    // A command that it has taken it follows all the same.
    if (!this.#wishes.has(port)) this.#plan(port, at, undefined);
    const sim = simAt(port);
    if (isLocked(port)) this.#set(port, USER_LOCKED, at, isMoved);
    else if (!sim) this.#set(port, NO_CARD, at, isMoved);
    else {
      const state = sim.trouble ?? (sim.balance < PRICE ? NO_BALANCE : REGISTERED);
      if (state === REGISTERED) this.#failed.delete(port);
      this.#set(port, state, at, isMoved);
      if (state === REGISTRATION_FAILED && port.autoSwitch) this.#goOn(port, at);
    }
  }

  /** To the next card that was not tried in vain before; where there is none, it stays. */
  #goOn(port: Port, at: number): void {
    const failed = this.#failed.get(port) ?? new Set();
    this.#failed.set(port, failed.add(port.slot));
    const others = [...port.sims.filter(({ slot }) => slot > port.slot), ...port.sims];
    const next = others.find(({ slot }) => !failed.has(slot) && !port.lockedSlots.has(slot) && simAt(port, slot));
    if (next) this.#obey(port, { slot: next.slot }, at);
  }

  #set(port: Port, state: number, at: number, isMoved = false): void {
    if (port.state === state && !isMoved) return;
    port.state = state;
    this.#changed(port, at);
  }

  /** What is planned for the port gives way. */
  #plan(port: Port, at: number, action: ((at: number) => void) | undefined): void {
    const plan = (this.#plans.get(port) ?? 0) + 1;
    this.#plans.set(port, plan);
    if (action === undefined) return;
    this.#agenda.add(at, (time) => {
      if (this.#plans.get(port) === plan) action(time);
    });
  }
}

function slotsOf(slot: number | undefined): number[] {
  return slot === undefined ? Array.from({ length: SLOTS }, (_, index) => index + 1) : [slot];
}
