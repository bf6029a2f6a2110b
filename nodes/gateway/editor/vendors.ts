/** The vendors that the runtime knows, so that the dialog need not know any. */
import type { OptionSpec } from '../../core/option';
import type { EditorNode } from '../../runtime/editor/red';

/** An option as it comes in JSON. */
type OptionJson = Omit<OptionSpec, 'pattern'> & { readonly pattern?: string; readonly flags?: string };

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
}

type VendorJson = Omit<VendorInfo, 'options'> & { readonly options: readonly OptionJson[] };

let known: ReadonlyMap<string, VendorInfo> | undefined;
let asking: Promise<void> | undefined;

/** Asks for the list; gateways that were judged without it are judged again. Rejects where it cannot be had. */
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
  const options = vendor.options.map(({ pattern, flags, ...option }): OptionSpec => ({
    ...option,
    ...(pattern === undefined ? {} : { pattern: new RegExp(pattern, flags) }),
  }));
  return { ...vendor, options };
}

/** Undefined where the list is not here yet. */
export function vendors(): readonly VendorInfo[] | undefined {
  return known && [...known.values()];
}

/** Undefined where there is no such vendor, or the list is not here yet. */
export function vendorOf(id: unknown): VendorInfo | undefined {
  return typeof id === 'string' ? known?.get(id) : undefined;
}
