/** The commands of the vendors, as the runtime tells them, so that the dialog need not know any. */
import type { CommandSpec } from '../../core/command';
import type { EditorNode } from '../../runtime/editor/red';

export interface CommandInfo extends Pick<CommandSpec, 'name' | 'ports'> {
  /** The names of its arguments. */
  readonly args: readonly string[];
  /** Whether it may need to be confirmed. */
  readonly confirmable: boolean;
}

interface VendorJson {
  readonly id: string;
  readonly commands: readonly CommandInfo[];
}

let known: ReadonlyMap<string, readonly CommandInfo[]> | undefined;
let asking: Promise<void> | undefined;

/** Asks for the commands. Rejects where they cannot be had; the next call asks again. */
export function loadCommands(): Promise<void> {
  asking ??= Promise.resolve($.getJSON('smswire-admin/vendors')).then(
    (list: unknown) => {
      known = new Map((list as VendorJson[]).map(({ id, commands }) => [id, commands]));
    },
    () => {
      asking = undefined;
      throw new Error('the list of commands could not be loaded');
    },
  );
  return asking;
}

/** The commands at a gateway; undefined where it is not chosen, or the list is not here yet. */
export function commandsAt(gateway: unknown): readonly CommandInfo[] | undefined {
  const node: (EditorNode & { readonly vendor?: string }) | null =
    typeof gateway === 'string' ? RED.nodes.node(gateway) : null;
  return node?.vendor === undefined ? undefined : known?.get(node.vendor);
}
