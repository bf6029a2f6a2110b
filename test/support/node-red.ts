/**
 * Which Node-RED the tests run in: the installed one, or the package whose folder `SMSWIRE_NODE_RED` names. The test
 * helper takes it with `helper.init(NODE_RED)`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const load = createRequire(__filename);

/** The folder of the node-red package. */
export const NODE_RED_FOLDER = process.env.SMSWIRE_NODE_RED || dirname(load.resolve('node-red/package.json'));

const { version, main } = JSON.parse(readFileSync(join(NODE_RED_FOLDER, 'package.json'), 'utf8')) as {
  version: string;
  main: string;
};

export const NODE_RED_VERSION = version;

/** The path of Node-RED's main module: for `require` and for the test helper. */
export const NODE_RED = join(NODE_RED_FOLDER, main);
