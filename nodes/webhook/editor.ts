/** The node `smswire-webhook` in the editor. */
import { closeDialog, openDialog } from '../runtime/editor/dialogs';
import { addStyle } from '../runtime/editor/style';
import { checkAllow, checkPath, type WebhookProps } from './editor/checks';
import { WebhookDialog } from './editor/dialog';
import { loadInfo } from './editor/info';
import { giveNewPath, watchRemoved } from './editor/secret';

addStyle();
watchRemoved('smswire-webhook');
/** The dialog tries again. */
loadInfo().catch(() => undefined);

RED.nodes.registerType<WebhookProps>('smswire-webhook', {
  category: 'sms',
  color: '#a5d6c1',
  defaults: {
    name: { value: '' },
    version: { value: 1 },
    gateway: {
      value: '',
      type: 'smswire-gateway',
      required: true,
      label: RED._('@smswire/node-red-smswire/smswire-webhook:editor.gateway'),
    },
    allow: {
      value: '',
      validate(value, _options) {
        return checkAllow(this, value);
      },
    },
  },
  credentials: {
    path: {
      type: 'text',
      validate(value, _options) {
        return checkPath(this, value);
      },
    },
  },
  inputs: 0,
  outputs: 2,
  icon: 'sms-webhook.svg',
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
    return [this._('editor.output.device'), this._('editor.output.push')][index];
  },
  onadd() {
    giveNewPath(this);
  },
  oneditprepare() {
    openDialog(this, 'node-input');
    new WebhookDialog(this);
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
