/** The node `smswire-account` in the editor. */
import { readNumber } from '../core/option';
import { closeDialog, openDialog } from '../runtime/editor/dialogs';
import { checkInterval } from '../runtime/editor/interval';
import type { Verdict } from '../runtime/editor/red';
import { addStyle } from '../runtime/editor/style';
import { isBlank, isVariable } from '../runtime/editor/values';
import { loadVendors } from '../runtime/editor/vendors';
import {
  checkCommand,
  Dialog,
  mayAskForBalance,
  outputLabel,
  type Account,
  type AccountProps,
} from './editor/commands';

/** The dialog tries again; until then nothing is judged that needs the list. */
loadVendors().catch(() => undefined);
addStyle();

RED.nodes.registerType<AccountProps>('smswire-account', {
  category: 'sms',
  color: '#a5d6c1',
  defaults: {
    name: { value: '' },
    version: { value: 1 },
    gateway: {
      value: '',
      type: 'smswire-gateway',
      required: true,
      label: RED._('@smswire/node-red-smswire/smswire-account:editor.gateway.label'),
    },
    command: {
      value: 'balance',
      validate(value, _options) {
        return checkCommand(this, value);
      },
    },
    threshold: {
      value: '',
      validate(value, _options) {
        return checkThreshold(this, value);
      },
    },
    interval: {
      value: '',
      validate(value, _options) {
        return !mayAskForBalance(this) || checkInterval(this, value);
      },
    },
  },
  inputs: 1,
  outputs: 2,
  icon: 'sms-account.svg',
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
    return outputLabel(this, index);
  },
  oneditprepare() {
    openDialog(this, 'node-input');
    new Dialog(this).open();
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

/** Blank: there is none. */
function checkThreshold(node: Account, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value) || !mayAskForBalance(node)) return true;
  return readNumber(value) !== undefined || node._('editor.error.threshold');
}
