/** What nodes and the editor are told of the vendors, so that they need not know any. */
import type { NodeAPI } from 'node-red';
import type { OptionSpec } from '../core/option';
import { MESSAGE_OPTIONS, VENDORS } from '../vendors/registry';
import { canSimulate } from './simulators';

/** Answers `GET smswire-admin/vendors`. */
export function serveVendorList(red: NodeAPI): void {
  red.httpAdmin.get('/smswire-admin/vendors', red.auth.needsPermission('smswire.read'), (_request, response) => {
    response.json(
      [...VENDORS.values()].map(({ id, fields, options, commands = [], accountCalls = [], capabilities }) => ({
        id,
        url: fields.url,
        credentials: fields.credentials,
        simulator: canSimulate(id),
        window: capabilities.defaultWindow,
        timeout: capabilities.defaultTimeout,
        options: options.filter(({ scope, type }) => scope !== 'message' && type !== 'attachments').map(asJson),
        commands: commands.map((command) => ({
          name: command.name,
          ports: command.ports,
          portKind: command.portKind,
          args: command.args.map(asJson),
          confirmable: command.needsConfirm !== undefined,
        })),
        account: accountCalls,
      })),
    );
  });
}

/** JSON has no patterns. */
function asJson({ pattern, ...option }: OptionSpec): object {
  return { ...option, ...(pattern ? { pattern: pattern.source, flags: pattern.flags } : {}) };
}

/** Whether some vendor lets a message set the option. */
export function isMessageOption(name: string): boolean {
  return MESSAGE_OPTIONS.has(name);
}
