/** A command to a prepared ejoin device: as a node would run it, and what came of it. */
import assert from 'node:assert/strict';
import type { CommandRequest } from '../../../nodes/core/command';
import { SmsError, type ErrorCode } from '../../../nodes/core/failure';
import { convertOptions, type OptionValues } from '../../../nodes/core/option';
import { driver } from '../../../nodes/vendors/ejoin';
import { open, type Json, type Reply } from './ejoin-device';

export const OK: Json = { code: 0, reason: 'OK' };
export const CALLBACK = 'http://10.0.0.2:1880/smswire/a?b=c&d';

/** Converts the arguments as a node does. */
export function argsOf(command: string, given: Json): OptionValues {
  const spec = driver.commands?.find(({ name }) => name === command);
  assert.ok(spec, command);
  return convertOptions(spec.args, given, 'command');
}

/** A command with its arguments, run on a device that gives this answer. */
export function prepareCommand(
  command: string,
  given: Json & { ports?: string; callbackUrl?: string },
  reply: Reply = OK,
  slots = 4,
) {
  const { ports = '', callbackUrl, ...args } = given;
  const device = open({ options: { slots } }, reply);
  const request: CommandRequest = {
    ...{ ports, args: argsOf(command, args) },
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  };
  return { ...device, run: async () => (await device.account.run!(command, request)).payload };
}

/** Checks an error: its code, and what else is named of the failure or its parameters. */
export const failsWith =
  (code: ErrorCode, more: Json = {}) =>
  (error: unknown) => {
    assert.ok(error instanceof SmsError, String(error));
    assert.equal(error.code, code);
    const { detail, vendorCode, vendorText, params } = error.failure;
    assert.deepEqual(
      { detail, vendorCode, vendorText, ...params, ...more },
      { detail, vendorCode, vendorText, ...params },
    );
    return true;
  };
