/** What the fields of a send node may hold. Each check says `true`, or what is wrong in the editor's language. */
import { readNumber } from '../../core/option';
import { cleanNumber, readRecipients } from '../../core/recipient';
import { readMoment } from '../../core/time';
import { shown } from '../../runtime/editor/dialogs';
import type { EditorNode, Verdict } from '../../runtime/editor/red';
import { isBlank, isVariable } from '../../runtime/editor/values';
import { isWellFormed } from './template';

/** What is saved of a send node. */
export interface SendProps {
  name: string;
  version: number;
  gateway: string;
  backup1: string;
  backup2: string;
  backup3: string;
  to: string;
  toType: string;
  text: string;
  textType: string;
  at: string;
  atType: string;
  ttl: string | number;
  until: string;
  deadline: string | number;
}

export type Sender = EditorNode & SendProps;

export const BACKUPS = ['backup1', 'backup2', 'backup3'] as const;

export type Backup = (typeof BACKUPS)[number];

/** A backup is another gateway than those before it, and in order itself. */
export function checkBackup(node: Sender, backup: Backup, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const before = ['gateway', ...BACKUPS.slice(0, BACKUPS.indexOf(backup))] as const;
  if (before.some((property) => shown(node, property) === value)) return node._('editor.error.twice');
  const gateway = RED.nodes.node(String(value));
  if (!gateway) return node._('editor.error.missing');
  return gateway.valid !== false || node._('editor.error.invalid-gateway');
}

/** Blank is always right: then the message says it. */
export function checkTo(node: Sender, value: unknown): Verdict {
  const type = shown(node, 'toType');
  if (isBlank(value) || isVariable(value)) return true;
  if (!isString(type)) return checkExpression(value, type);
  const wrong = readRecipients(value, '').find((recipient) => cleanNumber(recipient) === undefined);
  return wrong === undefined || node._('editor.error.number', { number: wrong });
}

export function checkText(node: Sender, value: unknown): Verdict {
  const type = shown(node, 'textType');
  if (isBlank(value)) return true;
  if (!isString(type)) return checkExpression(value, type);
  return isWellFormed(String(value)) || node._('editor.error.template');
}

export function checkAt(node: Sender, value: unknown): Verdict {
  const type = shown(node, 'atType');
  if (isBlank(value) || isVariable(value)) return true;
  if (!isString(type)) return checkExpression(value, type);
  return readMoment(value, 'UTC') !== undefined || node._('editor.error.at');
}

export function checkSeconds(node: Sender, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const seconds = readNumber(value);
  return (seconds !== undefined && seconds >= 0) || node._('editor.error.seconds');
}

function isString(type: unknown): boolean {
  return isBlank(type) || type === 'str';
}

function checkExpression(value: unknown, type: unknown): Verdict {
  return RED.utils.validateTypedProperty(String(value), String(type), {});
}
