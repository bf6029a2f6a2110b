/** The node `smswire-device` in the editor. */
import { closeDialog, openDialog } from '../runtime/editor/dialogs';
import type { EditorNode, Verdict } from '../runtime/editor/red';
import { addStyle } from '../runtime/editor/style';
import { asText, isBlank, isVariable } from '../runtime/editor/values';
import { commandsAt } from './editor/commands';
import { Dialog, isArguments, type DeviceProps } from './editor/dialog';

/** What a list of ports may be made of; the vendor's driver has the last word. */
const PORTS = /^[\w.*,，\s-]*$/;

addStyle();

/** The dialog that is open: Node-RED shows one at a time. */
let dialog: Dialog | undefined;

RED.nodes.registerType<DeviceProps>('smswire-device', {
  category: 'sms',
  color: '#a5d6c1',
  defaults: {
    name: { value: '' },
    version: { value: 1 },
    gateway: {
      value: '',
      type: 'smswire-gateway',
      required: true,
      label: RED._('@smswire/node-red-smswire/smswire-device:editor.gateway.label'),
    },
    command: {
      value: '',
      validate(value, _options) {
        return checkCommand(this, value);
      },
    },
    ports: {
      value: '',
      validate(value, _options) {
        return isVariable(value) || PORTS.test(asText(value)) || this._('editor.error.ports');
      },
    },
    args: {
      value: {},
      validate(value, _options) {
        return isVariable(value) || isArguments(value) || this._('editor.error.args');
      },
    },
  },
  inputs: 1,
  outputs: 1,
  icon: 'sms-device.svg',
  paletteLabel() {
    return this._('editor.palette');
  },
  label() {
    return this.name || asText(this.command) || RED.nodes.node(this.gateway)?.name || this._('editor.palette');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels() {
    return this._('editor.output');
  },
  oneditprepare() {
    openDialog(this, 'node-input');
    dialog = new Dialog(this);
    dialog.open();
  },
  oneditsave() {
    if (dialog) this.args = dialog.args();
    closeDialog(this);
  },
  oneditcancel() {
    closeDialog(this);
  },
  oneditdelete() {
    closeDialog(this);
  },
});

/** Blank: the message says it. */
function checkCommand(node: EditorNode & DeviceProps, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  const commands = commandsAt(node.gateway);
  return !commands || commands.some(({ name }) => name === value) || node._('editor.error.command');
}
