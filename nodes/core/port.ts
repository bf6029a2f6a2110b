/**
 * The ports of a device, in every form that documents, devices and people write them. They are read here and nowhere
 * else, in dialogs, in commands and in what devices tell:
 *
 *     2             port 2, whatever card is in use
 *     2B            port 2, slot 2 (A = 1)
 *     2.02          the same; 1.10 is slot 10, so the slot has two digits or more and is never a decimal fraction
 *     12.sp256.101  a card of a SIM pool, kept as it is
 *     1A,2B,4-32    lists and ranges; ranges name ports without slots
 *     all, *        every port
 */

/** One port. A SIM pool's is kept as the device wrote it. */
export interface Port {
  /** From 1, or the raw text of a SIM pool's port. */
  readonly port: number | string;
  /** From 1; absent where the whole port, or the card in use, is meant. */
  readonly slot?: number;
}

/** What a list says: every port, or these. */
export type Ports = 'all' | readonly Port[];

/** Why a list cannot be used: not a port, an end before its start, a number out of range, a slot that is not there. */
export type PortProblem = 'syntax' | 'reversed' | 'range' | 'slot';

/** What somebody has a use for: single cards, which are named by their slots, or ports with all of theirs. */
export type PortKind = 'cards' | 'whole-ports';

export type ParsedPorts =
  | { readonly ports: Ports }
  /** Which entry of the list is wrong, from 1. It is not shown itself, for it may be a phone number in the wrong field. */
  | { readonly problem: PortProblem; readonly entry: number };

/** How a call wants its ports: `2B`, `2.02`, or `2` where it has no use for a slot. */
export type PortForm = 'letter' | 'dotted' | 'number';

/** No device has more; what is above was mistyped. */
export const MOST_PORT = 1024;

/** A list, as far as a pattern can tell: for dialogs, before `parsePorts` has the last word. */
export const PORTS_PATTERN =
  /^\s*(?:all|\*|[0-9][0-9a-z.]*(?:\s*-\s*[0-9]+)?(?:\s*[,，]\s*[0-9][0-9a-z.]*(?:\s*-\s*[0-9]+)?)*)\s*$/i;

/** One port as a device or a person writes it; `undefined` where it is none. A fraction (JSON's 1.1) is refused. */
export function parsePort(value: unknown): Port | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
  const text = String(value).trim();
  const parts = /^(\d{1,6})(?:([a-z])|\.(\d{2,3}))?$/i.exec(text);
  if (!parts) return /^\d+\.[a-z]+\d+\.\d+$/i.test(text) ? { port: text } : undefined;
  const [, digits = '', letter, number] = parts;
  const port = Number(digits);
  if (port === 0) return undefined;
  if (letter !== undefined) return { port, slot: letter.toUpperCase().charCodeAt(0) - 64 };
  if (number === undefined) return { port };
  return Number(number) === 0 ? undefined : { port, slot: Number(number) };
}

/**
 * A list of ports, each once, in the order written. `slots`, where it is known, is how many slots a port has: a slot
 * beyond it is a problem.
 */
export function parsePorts(list: string, slots?: number): ParsedPorts {
  if (/^\s*(?:all|\*)\s*$/i.test(list)) return { ports: 'all' };
  const found = new Map<string, Port>();
  for (const [index, piece] of list.split(/[,，]/).entries()) {
    const part = piece.trim();
    const ports = /^\d+\s*-\s*\d+$/.test(part) ? range(part) : single(part, slots);
    if (typeof ports === 'string') return { problem: ports, entry: index + 1 };
    for (const port of ports) found.set(`${port.port}/${port.slot ?? ''}`, port);
  }
  return { ports: [...found.values()] };
}

/** Whether the port names a card: a slot, or a place in a SIM pool. */
export function hasSlot({ port, slot }: Port): boolean {
  return slot !== undefined || typeof port === 'string';
}

/** Whether all that a list names is of a kind. */
export function areOfKind(ports: Ports, kind: PortKind): boolean {
  if (ports === 'all') return kind === 'whole-ports';
  return ports.every((port) => hasSlot(port) === (kind === 'cards'));
}

function range(part: string): Port[] | PortProblem {
  const [first = 0, last = 0] = part.split('-').map(Number);
  if (first < 1 || first > MOST_PORT || last > MOST_PORT) return 'range';
  if (last < first) return 'reversed';
  return Array.from({ length: last - first + 1 }, (_, index) => ({ port: first + index }));
}

function single(part: string, slots?: number): Port[] | PortProblem {
  const port = parsePort(part);
  if (port === undefined) return /^\d+$/.test(part) ? 'range' : 'syntax';
  if (typeof port.port === 'number' && port.port > MOST_PORT) return 'range';
  if (port.slot !== undefined && slots !== undefined && port.slot > slots) return 'slot';
  return [port];
}

/** One port in the form that a call wants. Slots beyond Z have no letter and are written with digits. */
export function formatPort({ port, slot }: Port, form: PortForm): string {
  if (typeof port === 'string' || slot === undefined || form === 'number') return String(port);
  if (form === 'letter' && slot <= 26) return `${port}${String.fromCharCode(64 + slot)}`;
  return `${port}.${String(slot).padStart(2, '0')}`;
}

/** A list in the form that a call wants. Three or more neighbours without slots become a range. */
export function formatPorts(ports: Ports, form: PortForm): string {
  if (ports === 'all') return 'all';
  const plain = form === 'number' ? withoutSlots(ports) : ports;
  const pieces: string[] = [];
  for (let start = 0; start < plain.length;) {
    let end = start;
    while (follows(plain[end], plain[end + 1])) end += 1;
    if (end - start < 2) end = start;
    const [first, last] = [plain[start], plain[end]];
    if (first && last) pieces.push(formatPort(first, form) + (end > start ? `-${formatPort(last, form)}` : ''));
    start = end + 1;
  }
  return pieces.join(',');
}

/** Each port once, whatever slots of it were named. */
function withoutSlots(ports: readonly Port[]): Port[] {
  return [...new Set(ports.map(({ port }) => port))].map((port) => ({ port }));
}

function follows(port: Port | undefined, next: Port | undefined): boolean {
  if (port === undefined || next === undefined) return false;
  if (port.slot !== undefined || next.slot !== undefined) return false;
  return typeof port.port === 'number' && next.port === port.port + 1;
}
