/** What the fields of a gateway may hold. Each check says `true`, or what is wrong in the editor's language. */
import { GATEWAY_LIMITS } from '../../core/gateway-limits';
import { readBoolean, readNumber } from '../../core/option';
import { isZone, readDaySpan } from '../../core/time';
import { isPublicUrl } from '../../runtime/callback-url';
import { shown } from '../../runtime/editor/dialogs';
import { checkOptions, gatewayOptions } from '../../runtime/editor/option-check';
import type { EditorNode, Verdict } from '../../runtime/editor/red';
import { isBlank, isVariable } from '../../runtime/editor/values';
import { vendorOf, vendors } from '../../runtime/editor/vendors';

/** What is saved of a gateway. New nodes lack those whose default is empty. */
export interface GatewayProps {
  name: string;
  version: number;
  vendor?: string;
  simulate?: boolean | string;
  url?: string;
  publicUrl?: string;
  timezone?: string;
  country?: string;
  rate?: string | number;
  window?: string | number;
  timeout?: string | number;
  tls?: string;
  proxy?: string;
  doubt?: string;
  doubtAfter?: string | number;
  quietHours?: string;
  optOut?: boolean | string;
  options?: Record<string, unknown>;
}

export type Gateway = EditorNode & GatewayProps;

/** Whether the gateway certainly talks to a real vendor, a simulator, or which of them a variable decides. */
function simulates(node: Gateway): boolean | 'perhaps' {
  const value = shown(node, 'simulate');
  if (isVariable(value)) return 'perhaps';
  return readBoolean(value) ?? false;
}

export function checkVendor(node: Gateway, value: unknown): Verdict {
  const id = value ?? node.vendor;
  if (isVariable(id)) return true;
  if (isBlank(id)) return node._('editor.error.vendor');
  return vendors() === undefined || vendorOf(id) !== undefined || node._('editor.error.unknown-vendor');
}

export function checkSimulate(node: Gateway, value: unknown): Verdict {
  if (isVariable(value) || isBlank(value)) return true;
  const flag = readBoolean(value);
  if (flag === undefined) return node._('fields.error.choice');
  return !flag || vendorOf(shown(node, 'vendor'))?.simulator !== false || node._('editor.error.no-simulator');
}

export function checkUrl(node: Gateway, value: unknown): Verdict {
  if (simulates(node) === true || isVariable(value)) return true;
  if (isBlank(value)) {
    const required = vendorOf(shown(node, 'vendor'))?.url.required ?? false;
    return !required || simulates(node) === 'perhaps' || node._('editor.error.no-url');
  }
  try {
    const { protocol, username, password } = new URL(String(value).trim());
    const usable = /^https?:$/.test(protocol) && username === '' && password === '';
    return usable || node._('editor.error.url');
  } catch {
    return node._('editor.error.url');
  }
}

export function checkPublicUrl(node: Gateway, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return isPublicUrl(String(value).trim()) || node._('editor.error.public-url');
}

/** Credentials are only known while the dialog is open. */
export function checkCredential(node: Gateway, name: string, value: unknown): Verdict {
  if (!isBlank(value) || simulates(node) !== false) return true;
  const needed = vendorOf(shown(node, 'vendor'))?.credentials.includes(name) ?? false;
  return !needed || node._('editor.error.credential');
}

export function checkNumber(node: Gateway, value: unknown, field: keyof typeof GATEWAY_LIMITS): Verdict {
  const { min, max } = GATEWAY_LIMITS[field];
  if (isBlank(value) || isVariable(value)) return true;
  const number = readNumber(value);
  return (number !== undefined && number >= min && number <= max) || node._('editor.error.number', { min, max });
}

export function checkTimezone(node: Gateway, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return isZone(String(value).trim()) || node._('editor.error.timezone');
}

export function checkCountry(node: Gateway, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return /^(\+|00)?\d{1,4}$/.test(String(value).trim()) || node._('editor.error.country');
}

export function checkDoubt(node: Gateway, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return ['hold', 'resend', 'failover'].includes(String(value)) || node._('fields.error.choice');
}

export function checkQuietHours(node: Gateway, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return readDaySpan(String(value)) !== undefined || node._('editor.error.quiet-hours');
}

export function checkOptOut(node: Gateway, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return readBoolean(value) !== undefined || node._('fields.error.choice');
}

/** Everything that is saved under `options`. */
export function checkGatewayOptions(node: Gateway, value: unknown): Verdict {
  const values: Record<string, unknown> = { ...(value as object | undefined) };
  const vendor = vendorOf(node.vendor);
  if (!vendor) return true;
  const owner = gatewayOptions(vendor.id, () => values.slots);
  return checkOptions(owner, vendor.options, values);
}
