/** Sends the alert of the demonstration flow, and tells what becomes of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { Progress } from './progress.mjs';
import { Trouble } from './trouble.mjs';

/** The inject node of `demonstration.json` that sends one alert through every gateway. */
const INJECT = '7b1f0c52d9ae4601';
/** Seconds that results, reports and replies may take. A vendor that is polled may let us wait for 30 s. */
const PATIENCE = 55;

const FRESH = 'npm start -- --fresh brings the demonstration back.';

/**
 * Finds the alert in the flows that run. Throws where it is gone, or where it would go through a gateway that is no longer
 * simulated: a start must not send what costs money.
 *
 * Gives a function that clicks the inject node and calls `tell` with a row for each recipient of each send node behind
 * it, as results come, and with one for each report and reply that follows. It resolves with a `Progress`: when all was
 * delivered and answered, when nothing more can come, or when patience is at its end.
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
  const progress = new Progress(vendors, tell);
  RED.hooks.add('onComplete.smswire-start', ({ msg, node, error }) => {
    if (msg?._msgid === messageId) progress.result(node.id, msg, error);
  });
  RED.hooks.add('onSend.smswire-start', (events) => {
    for (const { msg, source } of events) {
      const type = source.node?.type;
      if (type === 'smswire-report') progress.report(msg);
      else if (type === 'smswire-inbound') progress.reply(msg);
    }
  });
  inject.receive({ _msgid: messageId });
  await Promise.race([progress.finished, wait(PATIENCE * 1000, undefined, { ref: false })]);
  RED.hooks.remove('*.smswire-start');
  progress.end();
  return progress;
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
