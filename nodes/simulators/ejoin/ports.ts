/** Ports as requests name them (`2`, `2B`, `2.02`, lists and ranges), and the two forms in which the device prints one. */

export interface PortName {
  /** From 1. */
  readonly port: number;
  /** From 1, A = 1; without it the slot that is in use is meant. */
  readonly slot?: number;
}

/** More than any device has, so that a list of long ranges is no work. */
const MOST_PORTS = 1024;

/** The ports of a list; `undefined` where a piece of it is none. A list without any piece is empty. */
export function parsePorts(list: string): PortName[] | undefined {
  const found: PortName[] = [];
  for (const piece of list.split(',').map((part) => part.trim())) {
    if (piece === '') continue;
    const range = /^(\d{1,4})-(\d{1,4})$/.exec(piece);
    if (range) {
      const [from, to] = [Number(range[1]), Number(range[2])];
      if (from > to || to > MOST_PORTS) return undefined;
      for (let port = from; port <= to; port++) found.push({ port });
    } else {
      const name = parsePort(piece);
      if (!name) return undefined;
      found.push(name);
    }
    if (found.length > MOST_PORTS) return undefined;
  }
  return found;
}

function parsePort(piece: string): PortName | undefined {
  const parts = /^(\d{1,4})(?:([A-Za-z])|\.(\d{1,2}))?$/.exec(piece);
  if (!parts) return undefined;
  const port = Number(parts[1]);
  if (parts[2] !== undefined) return { port, slot: parts[2].toUpperCase().charCodeAt(0) - 64 };
  return parts[3] === undefined ? { port } : { port, slot: Number(parts[3]) };
}

/** `2B`, as SMS rows name a port. */
export function letterForm(port: number, slot: number): string {
  return `${port}${String.fromCharCode(64 + slot)}`;
}

/** `2.02`, as the device's status names a port. */
export function dottedForm(port: number, slot: number): string {
  return `${port}.${String(slot).padStart(2, '0')}`;
}
