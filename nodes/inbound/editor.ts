/** The node `smswire-inbound` in the editor. */
import { cleanNumber, readRecipients } from '../core/recipient';
import { closeDialog, openDialog } from '../runtime/editor/dialogs';
import { checkInterval } from '../runtime/editor/interval';
import type { EditorNode, Verdict } from '../runtime/editor/red';
import { addStyle } from '../runtime/editor/style';
import { isBlank, isVariable } from '../runtime/editor/values';
import { readMatch } from './criteria';

/** What is saved of a node for inbound SMS. */
interface InboundProps {
  name: string;
  version: number;
  gateway: string;
  interval: string | number;
  match: string;
  senders: string;
}

addStyle();

RED.nodes.registerType<InboundProps>('smswire-inbound', {
  category: 'sms',
  color: '#a5d6c1',
  defaults: {
    name: { value: '' },
    version: { value: 1 },
    gateway: {
      value: '',
      type: 'smswire-gateway',
      required: true,
      label: RED._('@smswire/node-red-smswire/smswire-inbound:editor.gateway.label'),
    },
    interval: {
      value: '',
      validate(value, _options) {
        return checkInterval(this, value);
      },
    },
    match: {
      value: '',
      validate(value, _options) {
        return checkMatch(this, value);
      },
    },
    senders: {
      value: '',
      validate(value, _options) {
        return checkSenders(this, value);
      },
    },
  },
  inputs: 1,
  outputs: 2,
  icon: 'sms-inbound.svg',
  paletteLabel() {
    return this._('editor.palette');
  },
  label() {
    return this.name || RED.nodes.node(this.gateway)?.name || this._('editor.palette');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels(index) {
    return [this._('editor.output.matched'), this._('editor.output.other')][index];
  },
  oneditprepare() {
    openDialog(this, 'node-input');
  },
  oneditsave() {
    closeDialog(this);
  },
  oneditcancel() {
    closeDialog(this);
  },
  oneditdelete() {
    closeDialog(this);
  },
});

/** Blank: every text. */
function checkMatch(node: EditorNode, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  try {
    readMatch(String(value));
    return true;
  } catch {
    return node._('editor.error.match');
  }
}

/** Blank: everybody. */
function checkSenders(node: EditorNode, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const wrong = readRecipients(value, '').find((sender) => cleanNumber(sender) === undefined);
  return wrong === undefined || node._('editor.error.number', { number: wrong });
}
