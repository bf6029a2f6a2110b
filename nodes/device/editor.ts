/** The node `smswire-device` in the editor. */
import { closeDialog, openDialog, shown } from '../runtime/editor/dialogs';
import { checkPorts } from '../runtime/editor/ports';
import type { Verdict } from '../runtime/editor/red';
import { addStyle } from '../runtime/editor/style';
import { asText, isBlank, isVariable } from '../runtime/editor/values';
import { loadVendors, slotsAt, vendorAt } from '../runtime/editor/vendors';
import { checkArguments } from './editor/arguments';
import { chosenBy, Dialog, savedBy, type Device, type DeviceProps } from './editor/dialog';

/** The dialog tries again; until then nothing is judged that needs the list. */
loadVendors().catch(() => undefined);
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
        return judgePorts(this, value);
      },
    },
    args: {
      value: {},
      validate(value, _options) {
        return checkArguments(this, savedBy(this), slotsAt(this.gateway), value);
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
function checkCommand(node: Device, value: unknown): Verdict {
  const commands = vendorAt(shown(node, 'gateway'))?.commands;
  if (commands?.length === 0) return node._('editor.error.no-commands');
  if (!commands || isBlank(value) || isVariable(value)) return true;
  return commands.some(({ name }) => name === value) || node._('editor.error.command');
}

/** Those that were left from another command mean nothing to one that has none. */
function judgePorts(node: Device, value: unknown): Verdict {
  const { ports, portKind } = chosenBy(node)?.command ?? {};
  return ports === 'none' || checkPorts(value, { kind: portKind, slots: slotsAt(shown(node, 'gateway')) });
}
