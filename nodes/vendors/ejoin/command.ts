/** What all commands of a device have in common: how they are checked before they are sent, and how they are answered. */
import type { CommandAnswer, CommandRequest, CommandSpec } from '../../core/command';
import { failure, SmsError } from '../../core/failure';
import { areOfKind, parsePorts, type Ports } from '../../core/port';
import type { HttpAnswer } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, leadingInteger, type JsonRecord } from '../json';
import { rawOf, refusalOf } from './answer';
import type { Connection } from './connection';

/** The device that a command goes to. */
export interface Device {
  readonly connection: Connection;
  /** How many slots a port has, where that is known. */
  readonly slots?: number;
}

export interface Command {
  readonly spec: CommandSpec;
  /**
   * Rejects with an `SmsError`: `invalid-message` before anything is sent, what the device refused, or what the call
   * rejected with.
   */
  run(device: Device, request: CommandRequest): Promise<CommandAnswer>;
}

/** The ports of a field. Throws an `SmsError` that names the field where there are none, or none that exist. */
export function requirePorts(text: string, field: string, slots: number | undefined): Ports {
  if (text.trim() === '') throw new SmsError(failure('invalid-message', 'ejoin-missing', { field }));
  const parsed = parsePorts(text, slots);
  if ('ports' in parsed) return parsed.ports;
  throw new SmsError(failure('invalid-message', `ejoin-port-${parsed.problem}`, { field, entry: parsed.entry }));
}

/** The ports of a field that is about whole ports. Throws where it names a slot, for the device would ignore it. */
export function requireWholePorts(text: string, field: string): Ports {
  const ports = requirePorts(text, field, undefined);
  if (!areOfKind(ports, 'whole-ports')) {
    throw new SmsError(failure('invalid-message', 'ejoin-port-whole', { field }));
  }
  return ports;
}

/** Whether a list of ports says every port. */
export function isAll(ports: string): boolean {
  const parsed = parsePorts(ports);
  return 'ports' in parsed && parsed.ports === 'all';
}

/** An argument that must be there. Throws an `SmsError` that names it. */
export function requireInteger(args: CommandRequest['args'], field: string): number {
  const value = args[field];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new SmsError(failure('invalid-message', 'ejoin-missing', { field }));
}

/** The answer as a record. Throws an `SmsError` where it is none, or where it refuses the call as a whole. */
export function recordOf(answer: HttpAnswer): JsonRecord {
  const status = statusResult(answer);
  if (status) throw new SmsError(status.failure);
  const raw = rawOf(answer);
  if (!isRecord(raw)) throw new SmsError(failure('unreadable-answer'));
  const refusal = refusalOf(raw);
  if (refusal) throw new SmsError(refusal.failure);
  return raw;
}

/** The same where the answer has to say that the call was taken. */
export function takenRecord(answer: HttpAnswer): JsonRecord {
  const raw = recordOf(answer);
  if (leadingInteger(fieldOf(raw, 'code')) === undefined) throw new SmsError(failure('unreadable-answer'));
  return raw;
}
