/** The ports of the simulated device and the SIM cards in their slots. */

export const PORTS = 8;
export const SLOTS = 4;

/** The states of a port that the device starts with, or that decide whether it sends (4.1.4). */
export const NO_CARD = 0;
const IDLE_CARD = 1;
export const REGISTERED = 3;
export const CALLING = 4;
const NO_BALANCE = 5;
export const REGISTRATION_FAILED = 6;

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
}

export interface Port {
  readonly number: number;
  readonly imei: string;
  readonly sims: readonly Sim[];
  /** The slot in use. */
  slot: number;
  /** State code of the slot in use. */
  state: number;
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
      imei: `8600000000${number}0000`,
      slot,
      state,
      sims: cards.map((card) => makeSim(number, card, state === NO_BALANCE ? 0 : 50_000)),
    };
  });
}

function makeSim(port: number, slot: number, balance: number): Sim {
  const place = `${String(port).padStart(2, '0')}${String(slot).padStart(2, '0')}`;
  const { network, operator, smsc } = port % 2 === 1 ? MOBILE : UNICOM;
  return {
    slot,
    number: `1390000${place}`,
    imsi: `${network}000000${place}`,
    iccid: `8986000000000000${place}`,
    operator,
    smsc,
    balance,
  };
}

/** The card in the slot in use. */
export function currentSim(port: Port): Sim | undefined {
  return port.sims.find((sim) => sim.slot === port.slot);
}

/** Registered, whether a call is on or not. */
export function canSend(port: Port): boolean {
  return (port.state === REGISTERED || port.state === CALLING) && currentSim(port) !== undefined;
}

/** What the status says of a card: the port's state for the slot in use, an idle card in every other slot. */
export function stateOfSlot(port: Port, slot: number): number {
  return slot === port.slot ? port.state : IDLE_CARD;
}
