/** Sends the alert of the demonstration flow, and tells what becomes of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { Trouble } from './trouble.mjs';

/** The inject node of `demonstration.json` that sends one alert through every gateway. */
const INJECT = '7b1f0c52d9ae4601';
/** Seconds that results may take. */
const PATIENCE = 30;
const ACCEPTED = new Set(['accepted', 'scheduled', 'sent', 'delivered']);

const FRESH = 'npm start -- --fresh brings the demonstration back.';

/**
 * Finds the alert in the flows that run. Throws where it is gone, or where it would go through a gateway that is no longer
 * simulated: a start must not send what costs money.
 *
 * Gives a function that clicks the inject node and calls `tell` with a row for each recipient of each send node behind
 * it, as results come. It resolves with how many rows there were, and how many of them were accepted.
 */
export function alertOf(RED) {
  const inject = RED.nodes.getNode(INJECT);
  if (!inject) throw new Trouble(`The flow has lost the inject node of the alert, so none was sent. ${FRESH}`);
  const vendors = vendorsBehind(RED, inject);
  if (vendors.size === 0) throw new Trouble(`The inject node leads to no send node, so no alert was sent. ${FRESH}`);
  return (tell) => sendAlert(RED, inject, vendors, tell);
}

async function sendAlert(RED, inject, vendors, tell) {
  const messageId = RED.util.generateId();
  const started = Date.now();
  const result = { total: 0, accepted: 0 };
  const count = (row) => {
    result.total++;
    if (ACCEPTED.has(row.state)) result.accepted++;
    tell({ ...row, seconds: (Date.now() - started) / 1000 });
  };

  const open = new Set(vendors.keys());
  let finish;
  const finished = new Promise((resolve) => (finish = resolve));
  RED.hooks.add('onComplete.smswire-start', ({ msg, node, error }) => {
    if (msg?._msgid !== messageId || !open.delete(node.id)) return;
    for (const row of rowsOf(msg, vendors.get(node.id), error)) count(row);
    if (open.size === 0) finish();
  });
  inject.receive({ _msgid: messageId });
  await Promise.race([finished, wait(PATIENCE * 1000, undefined, { ref: false })]);
  RED.hooks.remove('*.smswire-start');
  for (const id of open) count({ vendor: vendors.get(id), state: 'no outcome' });
  return result;
}

/** The vendor of each send node that a message of `inject` reaches, by the node's id. */
function vendorsBehind(RED, inject) {
  const configs = new Map(RED.nodes.getFlows().flows.map((config) => [config.id, config]));
  const vendors = new Map();
  const reached = new Set([inject.id]);
  for (const id of reached) {
    const node = RED.nodes.getNode(id);
    if (node?.type === 'smswire-send') vendors.set(id, vendorOf(configs, configs.get(id)));
    else for (const next of node?.wires.flat() ?? []) reached.add(next);
  }
  return vendors;
}

/** The vendor whose gateway a send node tries first. */
function vendorOf(configs, { gateway, backup1, backup2, backup3 }) {
  const gateways = [gateway, backup1, backup2, backup3].map((id) => configs.get(id)).filter(Boolean);
  const real = gateways.find(({ simulate }) => simulate !== true);
  if (real) throw new Trouble(`"${real.name || real.vendor}" is no longer simulated, so no alert was sent. ${FRESH}`);
  return gateways[0]?.vendor;
}

/** What a send node's result says of each recipient; a result without recipients is one row, too. */
function rowsOf({ sms }, vendor, error) {
  const { recipients = [], segments, state = 'rejected' } = sms ?? {};
  if (recipients.length === 0) return [{ vendor, state, error: error?.message ?? sms?.error?.message }];
  return recipients.map(({ to, id, ids, state: own, error: reason }) => ({
    vendor: sms.vendor ?? vendor,
    to,
    id: ids?.join(' ') ?? id,
    state: own,
    parts: segments?.parts,
    error: reason?.message,
  }));
}
