/** The demonstration from the first line to the last. */
import { alertOf } from './alert.mjs';
import { HOST, listen } from './listen.mjs';
import { layOut, startNodeRed } from './node-red.mjs';
import { readOptions } from './options.mjs';
import { build, install } from './prepare.mjs';
import { printHead, printRow } from './table.mjs';
import { Trouble } from './trouble.mjs';

/** Milliseconds that Node-RED has to stop its nodes. */
const STOP_WITHIN = 5000;

const say = (sentence) => console.log(sentence);

/** What must be ended at the end. */
const running = {};

export async function run(args) {
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    await demonstrate(readOptions(args));
  } catch (error) {
    await fail(error);
  }
}

async function demonstrate({ once, fresh, port }) {
  install();
  build(say);
  if (layOut(fresh))
    say('The flow is the one in .demo/, as you left it in the editor; --fresh brings the example back.');
  running.server = await listen(port, say);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end(0));
  running.RED = await startNodeRed(running.server);

  // First, for reports and replies take a while.
  if (!once) say(`The editor is at http://${HOST}:${running.server.address().port}/ and Ctrl-C ends it.`);
  const complete = await showAlert(once);
  if (once) await end(complete ? 0 : 1);
}

/** Whether all was accepted, delivered and answered. */
async function showAlert(once) {
  try {
    const send = alertOf(running.RED);
    printHead();
    const { total, accepted, delivered, answered, isComplete } = await send(printRow);
    say(`\n${accepted} of ${total} accepted, ${delivered} delivered, ${answered} answered.`);
    say('Every gateway is simulated: nothing was really sent.');
    return isComplete;
  } catch (error) {
    // The editor is what helps now: it stays.
    if (once || !(error instanceof Trouble)) throw error;
    console.error(error.message);
    return false;
  }
}

async function fail(error) {
  console.error(error instanceof Trouble ? error.message : `The demonstration broke off: ${String(error)}`);
  await end(1);
}

async function end(status) {
  setTimeout(() => process.exit(status), STOP_WITHIN).unref();
  const { RED, server } = running;
  // Another error while all is being ended must not begin it again.
  for (const key of Object.keys(running)) delete running[key];
  await RED?.stop().catch(() => undefined);
  server?.close();
  server?.closeAllConnections();
  process.exit(status);
}
