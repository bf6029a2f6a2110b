/**
 * The walls of the house: who may import whom below nodes/ (CONTRIBUTING.md). A path is resolved before it is judged, so
 * that it does not matter how it is written, nor what a file is called.
 */
import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

const NODES = resolve(import.meta.dirname, '../nodes');

/** Folders below nodes/, each a room of one palette node. */
const ROOMS = ['gateway', 'send', 'report', 'inbound', 'webhook', 'device', 'account', 'alert', 'sidebar'];

/** What the layers may import besides themselves. */
const MAY = {
  core: [],
  vendors: ['core'],
  engine: ['core', 'vendors/driver'],
  simulators: [],
  runtime: ['core', 'vendors', 'engine', 'simulators'],
  ...Object.fromEntries(ROOMS.map((room) => [room, ['core', 'engine', 'runtime']])),
};

const SAY = {
  core: 'core knows nobody.',
  vendors: 'vendors know core.',
  engine: 'engine knows core and the driver interface, never one vendor.',
  simulators: 'simulators share nothing with the drivers.',
  ...Object.fromEntries(ROOMS.map((room) => [room, 'Node rooms know engine, core and runtime.'])),
};

/** Layers with a folder for each vendor, and files that those share. */
const BY_VENDOR = ['vendors', 'simulators'];

/** Packages that only some layers may use: Node-RED, and the ways to the outside. */
const OUTSIDE = /^(node-red(\/|$)|@node-red\/|undici(\/|$))/;
const DATABASE = /^(classic-level|pg)(\/|$)/;
const NETWORK = /^(node:)?(http|https|http2|net|tls|dgram|fs|child_process)(\/|$)/;

/** What is kept on the disk, and how, is for those alone who make sending safe. */
const STORE = 'engine/store';
const KNOW_STORE = ['engine', 'runtime'];

const isBelow = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/** Why a file may not import another, both as paths below nodes/ without extension; `undefined` where it may. */
function refusalOfFile(from, to) {
  const [layer] = from.split('/');
  const [target] = to.split('/');
  if (!(layer in MAY)) return `nodes/${layer} is not in .build/walls.mjs.`;
  if (layer === target) return BY_VENDOR.includes(layer) ? refusalOfVendor(layer, from, to) : undefined;
  if (ROOMS.includes(target)) return 'Nobody knows a node room.';
  const allowed = MAY[layer].some((path) => isBelow(to, path));
  if (allowed && isBelow(to, STORE) && !KNOW_STORE.includes(layer)) return 'Only engine and runtime know the store.';
  return allowed ? undefined : SAY[layer];
}

/** Only the registry knows the vendors' folders, and they know neither it nor each other. */
function refusalOfVendor(layer, from, to) {
  const [mine, theirs] = [vendorOf(layer, from), vendorOf(layer, to)];
  const registry = `${layer}/registry`;
  if (mine === undefined) {
    return theirs === undefined || from === registry ? undefined : 'Only the registry knows the vendors.';
  }
  if (to === registry) return 'A vendor does not know the registry.';
  return theirs === undefined || theirs === mine ? undefined : 'A vendor knows no other vendor.';
}

/** The vendor's folder that a path is in or names; `undefined` for files that the vendors share. */
function vendorOf(layer, path) {
  const [, name, ...rest] = path.split('/');
  if (name === undefined) return undefined;
  return rest.length > 0 || !existsSync(resolve(NODES, layer, `${name}.ts`)) ? name : undefined;
}

function refusalOfPackage(from, name) {
  const [layer] = from.split('/');
  if (['core', 'vendors', 'engine', 'simulators'].includes(layer) && OUTSIDE.test(name)) {
    return 'Only runtime and the node rooms know Node-RED and the HTTP client.';
  }
  if (DATABASE.test(name) && !isBelow(from, STORE)) return 'Only the store knows its database.';
  if (['core', 'vendors'].includes(layer) && NETWORK.test(name)) {
    return 'core is pure, and a driver is handed its HTTP call.';
  }
  return undefined;
}

/** A path below nodes/ with slashes and without extension; `undefined` for what is elsewhere. */
function belowNodes(path) {
  const below = relative(NODES, path).split(sep).join('/');
  return below.startsWith('..') ? undefined : below.replace(/\.(d\.)?[cm]?[jt]s$/, '').replace(/\/index$/, '');
}

const imports = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = context.filename;
    const from = belowNodes(file);
    if (from === undefined) return {};
    // The index of a folder is in the folder.
    const inside = /[\\/]index\.[jt]s$/.test(file) ? `${from}/index` : from;
    const judge = (node, source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const name = source.value;
      const to = name.startsWith('.') ? belowNodes(resolve(dirname(file), name)) : undefined;
      const refusal = to === undefined ? refusalOfPackage(inside, name) : refusalOfFile(inside, to);
      if (refusal !== undefined) context.report({ node, message: refusal });
    };
    return {
      ImportDeclaration: (node) => judge(node, node.source),
      ExportNamedDeclaration: (node) => judge(node, node.source),
      ExportAllDeclaration: (node) => judge(node, node.source),
      ImportExpression: (node) => judge(node, node.source),
      TSImportType: (node) => judge(node, node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => judge(node, node.expression),
      'CallExpression[callee.name="require"]': (node) => judge(node, node.arguments[0]),
    };
  },
};

export const walls = {
  files: ['nodes/**/*.ts'],
  plugins: { walls: { rules: { imports } } },
  rules: { 'walls/imports': 'error' },
};
