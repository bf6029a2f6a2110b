/** The node `smswire-report` in the editor. */
import { closeDialog, openDialog } from '../runtime/editor/dialogs';
import { checkInterval } from '../runtime/editor/interval';
import type { EditorNode, Verdict } from '../runtime/editor/red';
import { addStyle } from '../runtime/editor/style';
import { isState, REPORTED_STATES, stateNames } from './states';

/** What is saved of a report node. */
interface ReportProps {
  name: string;
  version: number;
  gateway: string;
  interval: string | number;
  states: readonly string[] | string;
}

addStyle();

RED.nodes.registerType<ReportProps>('smswire-report', {
  category: 'sms',
  color: '#a5d6c1',
  defaults: {
    name: { value: '' },
    version: { value: 1 },
    gateway: {
      value: '',
      type: 'smswire-gateway',
      required: true,
      label: RED._('@smswire/node-red-smswire/smswire-report:editor.gateway.label'),
    },
    interval: {
      value: '',
      validate(value, _options) {
        return checkInterval(this, value);
      },
    },
    states: {
      value: [],
      validate(value, _options) {
        return checkStates(this, value);
      },
    },
  },
  inputs: 1,
  outputs: 1,
  icon: 'sms-report.svg',
  paletteLabel() {
    return this._('editor.palette');
  },
  label() {
    return this.name || RED.nodes.node(this.gateway)?.name || this._('editor.palette');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels() {
    return this._('editor.output.report');
  },
  oneditprepare() {
    openDialog(this, 'node-input');
    const wanted = new Set(stateNames(this.states));
    // A state that is not offered, put there by hand, stays until it is taken out.
    for (const state of new Set([...REPORTED_STATES, ...wanted])) addChoice(this, state, wanted.has(state));
  },
  oneditsave() {
    this.states = choices()
      .filter(':checked')
      .map((_index, box) => String($(box).val()))
      .get();
    closeDialog(this);
  },
  oneditcancel() {
    closeDialog(this);
  },
  oneditdelete() {
    closeDialog(this);
  },
});

/** Nothing chosen is always right: then every state comes out. A variable that stands for a list is not looked into. */
function checkStates(node: EditorNode, value: unknown): Verdict {
  const wrong = stateNames(value).find((name) => !isState(name) && !name.startsWith('${'));
  return wrong === undefined || node._('editor.error.state', { state: wrong });
}

function addChoice(node: EditorNode, state: string, chosen: boolean): void {
  const box = $('<input>', { type: 'checkbox', id: `smswire-report-state-${state}`, value: state });
  const label = $('<label>').append(
    box.prop('checked', chosen),
    $('<span>').text(isState(state) ? node._(`@smswire/node-red-smswire/smswire-gateway:states.${state}`) : state),
  );
  $('#smswire-report-states').append(label);
}

function choices(): JQuery {
  return $('#smswire-report-states input');
}
