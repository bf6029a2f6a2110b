/** The ports of the simulated device and the SIM cards in their slots. */

export const PORTS = 8;
export const SLOTS = 4;

/** The states of a port that the device comes to by itself (4.1.4). */
export const NO_CARD = 0;
const IDLE_CARD = 1;
export const REGISTERING = 2;
export const REGISTERED = 3;
export const CALLING = 4;
export const NO_BALANCE = 5;
export const REGISTRATION_FAILED = 6;
export const USER_LOCKED = 12;

/** What an SMS costs, in hundredths. */
export const PRICE = 1;

export interface Sim {
  readonly slot: number;
  /** The card's own number. */
  readonly number: string;
  readonly imsi: string;
  readonly iccid: string;
  /** Network code and name. */
  readonly operator: string;
  /** Number of the operator's message centre. */
  readonly smsc: string;
  /** In hundredths; it falls as SMS go out. */
  balance: number;
  /** The state that a port with this card ends in; a card that works has none. `NO_CARD`: it was taken out. */
  trouble?: number;
}

export interface Port {
  readonly number: number;
  /** By slot, the first at 0: what the module says it is while that card is in use. */
  readonly imeis: string[];
  readonly sims: readonly Sim[];
  /** Slots that a user locked, with or without a card in them. */
  readonly lockedSlots: Set<number>;
  /** The slot in use. */
  slot: number;
  /** State code of the slot in use. */
  state: number;
  /** `auto_fail_sim_switch` of the last command: whether it goes to the next card where one cannot register. */
  autoSwitch: boolean;
}

const MOBILE = { network: '46000', operator: '46000 China Mobile', smsc: '+8613800000500' };
const UNICOM = { network: '46001', operator: '46001 China Unicom', smsc: '+8613010000500' };

/** By port: the slots that hold a card, the slot in use, and its state. Ports 1 to 5 can send, 6 to 8 cannot. */
const LAYOUT: readonly { cards: readonly number[]; slot: number; state: number }[] = [
  { cards: [1, 2], slot: 1, state: REGISTERED },
  { cards: [1, 2], slot: 2, state: REGISTERED },
  { cards: [1], slot: 1, state: REGISTERED },
  { cards: [1, 4], slot: 4, state: REGISTERED },
  { cards: [3], slot: 3, state: REGISTERED },
  { cards: [], slot: 1, state: NO_CARD },
  { cards: [1], slot: 1, state: NO_BALANCE },
  { cards: [1, 2], slot: 1, state: REGISTRATION_FAILED },
];

/** The ports as they are when the device is switched on for the first time. */
export function makePorts(): Port[] {
  return LAYOUT.map(({ cards, slot, state }, index) => {
    const number = index + 1;
    return {
      number,
      imeis: Array.from({ length: SLOTS }, () => `8600000000${number}0000`),
      slot,
      state,
      lockedSlots: new Set(),
      autoSwitch: false,
      sims: cards.map((card) => makeSim(number, card, card === slot ? state : REGISTERED)),
    };
  });
}

function makeSim(port: number, slot: number, state: number): Sim {
  const place = `${String(port).padStart(2, '0')}${String(slot).padStart(2, '0')}`;
  const { network, operator, smsc } = port % 2 === 1 ? MOBILE : UNICOM;
  return {
    slot,
    number: `1390000${place}`,
    imsi: `${network}000000${place}`,
    iccid: `8986000000000000${place}`,
    operator,
    smsc,
    balance: state === NO_BALANCE ? 0 : 50_000,
    ...(state === REGISTRATION_FAILED ? { trouble: state } : {}),
  };
}

/** The card in a slot; by default in the one in use. */
export function simAt(port: Port, slot = port.slot): Sim | undefined {
  return port.sims.find((sim) => sim.slot === slot && sim.trouble !== NO_CARD);
}

export function isLocked(port: Port): boolean {
  return port.lockedSlots.has(port.slot);
}

/** Registered, whether a call is on or not. */
export function canSend(port: Port): boolean {
  return (port.state === REGISTERED || port.state === CALLING) && !isLocked(port) && simAt(port) !== undefined;
}

/** It cannot send, but will when it is unlocked or has registered: SMS wait for it. */
export function isWaitedFor(port: Port): boolean {
  return simAt(port) !== undefined && (isLocked(port) || port.state === REGISTERING);
}

/** What the status says of a card: the port's state for the slot in use, an idle or locked card in every other slot. */
export function stateOfSlot(port: Port, slot: number): number {
  if (slot === port.slot) return port.state;
  return port.lockedSlots.has(slot) ? USER_LOCKED : IDLE_CARD;
}
