/** The vendors that the runtime knows, so that no dialog need know any. */
import type { AccountCall } from '../../core/account';
import type { CommandSpec } from '../../core/command';
import type { OptionSpec } from '../../core/option';
import type { EditorNode } from './red';

/** An option as it comes in JSON. */
type OptionJson = Omit<OptionSpec, 'pattern'> & { readonly pattern?: string; readonly flags?: string };

export interface CommandInfo extends Omit<CommandSpec, 'needsConfirm'> {
  /** Whether it may need to be confirmed. */
  readonly confirmable: boolean;
}

export interface VendorInfo {
  readonly id: string;
  readonly url: { readonly required: true } | { readonly required: false; readonly placeholder: string };
  readonly credentials: readonly string[];
  /** Whether the package ships a simulator of it. */
  readonly simulator: boolean;
  /** Requests in flight where the gateway says nothing. */
  readonly window: number;
  /** Seconds where the gateway says nothing. */
  readonly timeout: number;
  /** Those that a gateway sets. */
  readonly options: readonly OptionSpec[];
  /** Commands to a device or its lines. */
  readonly commands: readonly CommandInfo[];
  /** What its accounts have beside sending. */
  readonly account: readonly AccountCall[];
}

type CommandJson = Omit<CommandInfo, 'args'> & { readonly args: readonly OptionJson[] };

type VendorJson = Omit<VendorInfo, 'options' | 'commands'> & {
  readonly options: readonly OptionJson[];
  readonly commands: readonly CommandJson[];
};

/** A gateway, as far as other nodes look at it. */
type Gateway = EditorNode & { readonly vendor?: unknown; readonly options?: unknown };

let known: ReadonlyMap<string, VendorInfo> | undefined;
let asking: Promise<void> | undefined;

/** Asks for the list; gateways and their users that were judged without it are judged again. Rejects where there is none. */
export function loadVendors(): Promise<void> {
  asking ??= Promise.resolve($.getJSON('smswire-admin/vendors')).then(
    (list: unknown) => {
      known = new Map((list as VendorJson[]).map((each) => [each.id, read(each)]));
      RED.nodes.eachConfig((node: EditorNode) => {
        if (node.type !== 'smswire-gateway') return;
        for (const each of [node, ...(node.users ?? [])]) RED.editor.validateNode(each);
      });
      RED.view.redraw();
    },
    () => {
      asking = undefined;
      throw new Error('the list of vendors could not be loaded');
    },
  );
  return asking;
}

function read(vendor: VendorJson): VendorInfo {
  const commands = vendor.commands.map(({ args, ...command }) => ({ ...command, args: args.map(readOption) }));
  return { ...vendor, options: vendor.options.map(readOption), commands };
}

function readOption({ pattern, flags, ...option }: OptionJson): OptionSpec {
  return { ...option, ...(pattern === undefined ? {} : { pattern: new RegExp(pattern, flags) }) };
}

/** Undefined where the list is not here yet. */
export function vendors(): readonly VendorInfo[] | undefined {
  return known && [...known.values()];
}

/** Undefined where there is no such vendor, or the list is not here yet. */
export function vendorOf(id: unknown): VendorInfo | undefined {
  return typeof id === 'string' ? known?.get(id) : undefined;
}

/** The vendor of a gateway, by the gateway's id; undefined where it is not chosen, a variable, or not known yet. */
export function vendorAt(gateway: unknown): VendorInfo | undefined {
  return vendorOf(gatewayOf(gateway)?.vendor);
}

/** How many slots a port of the gateway has, where its options say so. */
export function slotsAt(gateway: unknown): unknown {
  return (gatewayOf(gateway)?.options as Readonly<Record<string, unknown>> | undefined)?.slots;
}

function gatewayOf(id: unknown): Gateway | null {
  return typeof id === 'string' ? RED.nodes.node(id) : null;
}
