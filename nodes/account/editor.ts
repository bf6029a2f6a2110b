/** The node `smswire-account` in the editor. */
import { readNumber } from '../core/option';
import { closeDialog, openDialog } from '../runtime/editor/dialogs';
import { checkInterval } from '../runtime/editor/interval';
import type { EditorNode, Verdict } from '../runtime/editor/red';
import { addStyle } from '../runtime/editor/style';
import { isBlank, isVariable } from '../runtime/editor/values';

/** What is saved of an account node. */
interface AccountProps {
  name: string;
  version: number;
  gateway: string;
  command: string;
  threshold: string | number;
  interval: string | number;
}

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
    command: { value: 'balance' },
    threshold: {
      value: '',
      validate(value, _options) {
        return checkThreshold(this, value);
      },
    },
    interval: {
      value: '',
      validate(value, _options) {
        return checkInterval(this, value);
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
    if (this.command === 'signature') return [this._('editor.output.signature'), this._('editor.output.none')][index];
    if (this.command === 'cancel') return [this._('editor.output.cancel'), this._('editor.output.none')][index];
    return [this._('editor.output.balance'), this._('editor.output.low')][index];
  },
  oneditprepare() {
    openDialog(this, 'node-input');
    const command = $('#node-input-command');
    // A variable, put there by hand, stays until something else is chosen.
    if (isVariable(this.command)) command.append($('<option>', { value: this.command, text: this.command }));
    command.val(isBlank(this.command) ? 'balance' : this.command).on('change', showBalanceFields);
    showBalanceFields();
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

/** Only a balance has a threshold and comes by itself; a variable may stand for it. */
function showBalanceFields(): void {
  const command = $('#node-input-command').val();
  const hidden = command === 'signature' || command === 'cancel';
  for (const property of ['threshold', 'interval']) {
    $(`#node-input-${property}`)
      .closest('.form-row')
      .attr('hidden', hidden ? '' : null);
  }
}

/** Blank: there is none. */
function checkThreshold(node: EditorNode, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  return readNumber(value) !== undefined || node._('editor.error.threshold');
}
