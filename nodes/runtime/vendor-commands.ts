/** What nodes are told of the commands of all vendors, so that they need not know any. */
import { VENDORS } from '../vendors/registry';

/** Whether some vendor has the command. */
export function isVendorCommand(name: string): boolean {
  return [...VENDORS.values()].some(({ commands = [] }) => commands.some((command) => command.name === name));
}
