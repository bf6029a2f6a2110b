/** The node `smswire-send` in the editor. */
import { closeDialog, judgeAgain, openDialog, shown } from '../runtime/editor/dialogs';
import { addStyle } from '../runtime/editor/style';
import { makeTyped } from '../runtime/editor/typed-field';
import { isBlank } from '../runtime/editor/values';
import {
  BACKUPS,
  checkAt,
  checkBackup,
  checkText,
  checkTo,
  checkSeconds,
  type Backup,
  type Sender,
  type SendProps,
} from './editor/checks';
import { makeTextField } from './editor/text-field';

addStyle();

RED.nodes.registerType<SendProps>('smswire-send', {
  category: 'sms',
  color: '#a5d6c1',
  defaults: {
    name: { value: '' },
    version: { value: 1 },
    gateway: {
      value: '',
      type: 'smswire-gateway',
      required: true,
      label: RED._('@smswire/node-red-smswire/smswire-send:editor.gateway.label'),
    },
    backup1: {
      value: '',
      type: 'smswire-gateway',
      required: false,
      validate(value, _options) {
        return checkBackup(this, 'backup1', value);
      },
    },
    backup2: {
      value: '',
      type: 'smswire-gateway',
      required: false,
      validate(value, _options) {
        return checkBackup(this, 'backup2', value);
      },
    },
    backup3: {
      value: '',
      type: 'smswire-gateway',
      required: false,
      validate(value, _options) {
        return checkBackup(this, 'backup3', value);
      },
    },
    to: {
      value: '',
      validate(value, _options) {
        return checkTo(this, value);
      },
    },
    toType: { value: 'str' },
    text: {
      value: '',
      validate(value, _options) {
        return checkText(this, value);
      },
    },
    textType: { value: 'str' },
    at: {
      value: '',
      validate(value, _options) {
        return checkAt(this, value);
      },
    },
    atType: { value: 'str' },
    ttl: {
      value: '',
      validate(value, _options) {
        return checkSeconds(this, value);
      },
    },
    until: { value: 'accepted' },
    deadline: {
      value: '',
      validate(value, _options) {
        return checkSeconds(this, value);
      },
    },
  },
  inputs: 1,
  outputs: 3,
  icon: 'sms-send.svg',
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
    const confirmed = this.until === 'delivered';
    return [
      this._(confirmed ? 'editor.output.delivered' : 'editor.output.accepted'),
      this._('editor.output.failed'),
      this._(confirmed ? 'editor.output.unconfirmed' : 'editor.output.in-doubt'),
    ][index];
  },
  oneditprepare() {
    openDialog(this, 'node-input');
    const typeOf = (label: string): string => this._('editor.type', { field: label });
    const to = typeOf(this._('editor.to.label'));
    makeTyped('node-input-to', 'node-input-toType', ['str', 'msg', 'flow', 'global', 'env', 'jsonata'], to);
    const at = typeOf(this._('editor.at.label'));
    makeTyped('node-input-at', 'node-input-atType', ['str', 'num', 'msg', 'flow', 'global', 'env', 'jsonata'], at);
    makeTextField(this);
    $('#smswire-send-backups').prop('open', !isBlank(this.backup1));
    for (const property of ['gateway', ...BACKUPS]) {
      $(`#node-input-${property}`).on('change', () => {
        showBackups(this);
        judgeAgain(this);
      });
    }
    showBackups(this);
    // Nodes that were saved by an earlier version have none.
    if (isBlank($('#node-input-until').val())) $('#node-input-until').val('accepted');
    $('#node-input-until').on('change', showDeadline);
    showDeadline();
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

/** The deadline is one for confirmations: without them it means nothing. */
function showDeadline(): void {
  const confirmed = $('#node-input-until').val() === 'delivered';
  $('#node-input-deadline')
    .closest('.form-row')
    .attr('hidden', confirmed ? null : '');
}

/** A backup is offered once there is one before it. */
function showBackups(node: Sender): void {
  const isSet = (backup: Backup): boolean => !isBlank(shown(node, backup));
  BACKUPS.forEach((backup, index) => {
    const offered = index === 0 || BACKUPS.slice(index - 1).some(isSet);
    $(`#node-input-${backup}`)
      .closest('.form-row')
      .attr('hidden', offered ? null : '');
  });
}
