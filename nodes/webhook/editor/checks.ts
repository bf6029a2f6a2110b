/** What the fields of a webhook may hold. Each check says `true`, or what is wrong in the editor's language. */
import { SECRET_PATH } from '../../runtime/callback-url';
import type { EditorNode, Verdict } from '../../runtime/editor/red';
import { isBlank, isVariable } from '../../runtime/editor/values';

/** What is saved of a webhook. */
export interface WebhookProps {
  name: string;
  version: number;
  gateway: string;
  allow: string;
}

export type Webhook = EditorNode & WebhookProps;

/** A path is known only while the dialog is open. Blank is right: then the node does not listen, and says so. */
export function checkPath(node: Webhook, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return SECRET_PATH.test(String(value).trim()) || node._('editor.error.path');
}

export function checkAllow(node: Webhook, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const entries = String(value).split(/[\s,;，；、]+/);
  const wrong = entries.find((entry) => entry !== '' && !isRange(entry));
  return wrong === undefined || node._('editor.error.allow', { entry: wrong });
}

/** An IP address, or a range of them with a slash and a length. */
function isRange(entry: string): boolean {
  const [, address = '', length] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const bits = Number(length ?? 0);
  if (address.includes(':'))
    return /^[\da-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]/`) && bits <= 128;
  const parts = address.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256) && bits <= 32
  );
}
