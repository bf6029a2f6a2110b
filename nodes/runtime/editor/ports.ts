/** Fields in which ports are typed: judged by the parser that the runtime uses. */
import { readNumber } from '../../core/option';
import { areOfKind, MOST_PORT, parsePorts, type PortKind } from '../../core/port';
import type { Verdict } from './red';
import { sharedText } from './texts';
import { asText, isBlank, isVariable } from './values';

export interface PortUse {
  /** Absent: cards and whole ports, as somebody likes. */
  readonly kind?: PortKind;
  /** How many slots a port has, as a field or a gateway says it; no number where that is not known. */
  readonly slots?: unknown;
  /** One port, not a list. */
  readonly single?: boolean;
}

/** Blank: the message, or nobody, says them. */
export function checkPorts(value: unknown, { kind, slots, single = false }: PortUse): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const parsed = parsePorts(asText(value), readNumber(slots));
  if ('problem' in parsed) return say(parsed.problem, { entry: parsed.entry, most: MOST_PORT });
  const { ports } = parsed;
  if (single && (ports === 'all' || ports.length > 1)) return say('single');
  return kind === undefined || areOfKind(ports, kind) || say(kind);
}

/** Slots of ports, which are written as ports are: `all`, `2`, `1-3,4`. */
export function checkSlots(value: unknown, slots: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const parsed = parsePorts(asText(value));
  if (!('ports' in parsed) || !areOfKind(parsed.ports, 'whole-ports')) return say('slots');
  const most = readNumber(slots) ?? Infinity;
  const exist = parsed.ports === 'all' || parsed.ports.every(({ port }) => Number(port) <= most);
  return exist || say('slots-most', { most });
}

function say(problem: string, params: Readonly<Record<string, number>> = {}): string {
  return sharedText(`fields.ports.${problem}`, params) ?? problem;
}
