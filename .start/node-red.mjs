/** The Node-RED of the demonstration: in this process, with its own user directory, and closed to the outside. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { HOST } from './listen.mjs';
import { ROOT } from './prepare.mjs';
import { Trouble } from './trouble.mjs';

const USER_DIR = join(ROOT, '.demo');
const EXAMPLE = join(ROOT, 'examples', 'demonstration.json');
const FLOWS = join(USER_DIR, 'flows.json');
/** The example as it was when it was copied: shows whether the flows were changed in the editor since. */
const ORIGINAL = join(USER_DIR, 'demonstration.json');

/**
 * Lays out the user directory. Flows that were changed in the editor are kept, others follow the example. Gives whether
 * they were kept.
 */
export function layOut(fresh) {
  if (fresh) rmSync(USER_DIR, { recursive: true, force: true });
  mkdirSync(USER_DIR, { recursive: true });
  const kept = existsSync(FLOWS) && !(existsSync(ORIGINAL) && readFileSync(FLOWS).equals(readFileSync(ORIGINAL)));
  if (!kept) for (const copy of [FLOWS, ORIGINAL]) copyFileSync(EXAMPLE, copy);
  return kept;
}

/** Starts Node-RED on a server that listens. Gives its API, once the flows have started. */
export async function startNodeRed(server) {
  const load = createRequire(join(ROOT, 'node_modules', 'node-red', 'package.json'));
  // Nothing that a dependency has to say to its developers belongs into the table.
  process.noDeprecation = true;
  const RED = load('node-red');
  const app = load('express')();
  RED.init(server, settings(server.address().port));
  app.use('/', RED.httpAdmin);
  app.use('/', RED.httpNode);
  server.on('request', app);
  const started = new Promise((resolve) => RED.events.once('flows:started', resolve));
  await RED.start();
  const broken = RED.nodes.getNodeList(({ module, err }) => module === packageName && err);
  if (broken.length > 0) throw new Trouble(`Node-RED could not load ${broken[0].name}: ${broken[0].err}`);
  await started;
  return RED;
}

/** The level of an error in Node-RED's log; warnings are above it. */
const ERROR = 20;

const packageName = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).name;

function settings(uiPort) {
  return {
    uiHost: HOST,
    uiPort,
    userDir: USER_DIR,
    // The clone is a package with nodes like any other, and is loaded under its name, without being installed.
    nodesDir: [ROOT],
    flowFile: 'flows.json',
    flowFilePretty: true,
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      // Packages that happen to lie in a folder above the clone are none of ours.
      palette: { allowInstall: false, allowUpload: false, allowList: [packageName] },
      modules: { allowInstall: false },
    },
    functionExternalModules: false,
    editorTheme: { tours: false },
    logging: { console: { level: 'off' }, plain: { level: 'warn', handler: () => printLog } },
  };
}

/** Errors, and warnings of nodes, beside the table and not in it. What else is warned of concerns lasting installations. */
function printLog({ level, msg, name, type, id }) {
  if (!type && level > ERROR) return;
  const source = type ? `${type} "${name || id}": ` : '';
  process.stderr.write(`Node-RED: ${source}${msg?.message ?? msg}\n`);
}
