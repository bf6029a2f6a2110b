/**
 * Builds `dist/`: what Node-RED loads and npm ships. `node build.mjs` type-checks everything, compiles the runtime and
 * bundles the editor; `node build.mjs --check` looks at texts, icons and forms alone and writes nothing. Each fault is
 * one line that names file and key, and any fault makes the exit status 1.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { transformSync } from 'esbuild';
import { callsIn, checkScriptKeys, helpOf, htmlOf } from './.build/editor.mjs';
import { catalogOf, checkErrorTexts, DEFAULT_LANGUAGE, Keys, readLocales, SHARED_ROOM } from './.build/texts.mjs';
import { exists, filesBelow, problems, read, report, ROOT } from './.build/tree.mjs';
import { checkVendorTexts, readVendors } from './.build/vendors.mjs';

const CACHE = join(ROOT, '.tools', 'build');

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** Type-checks one project, and says what is wrong. */
function compile(project, options) {
  return new Promise((resolve) => {
    const info = ['--incremental', '--tsBuildInfoFile', join(CACHE, `${project}.tsbuildinfo`)];
    const args = [tsc, '-p', project, '--pretty', 'false', ...info, ...options];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (status) => {
      // One line each; what explains a line further is indented below it.
      const said = output.trim() || `${project}: the compiler ended with status ${status}`;
      if (status !== 0) for (const line of said.split(/\r?\n(?=\S)/)) problems.add(line);
      resolve();
    });
  });
}

/** The runtime's compiled files, which the compiler writes by itself. */
const compiled = filesBelow('nodes')
  .filter((file) => /(?<!\.d)\.ts$/.test(file) && !/(?:^|\/)editor(?:\.ts$|\/)/.test(file))
  .flatMap((file) => ['.js', '.js.map'].map((ending) => `lib/${file.replace(/\.ts$/, ending)}`));

async function compileAll() {
  // The compiler writes only what has changed since: what is gone from dist/ is never written again.
  if (compiled.some((file) => !exists(`dist/${file}`)))
    rmSync(join(CACHE, 'tsconfig.json.tsbuildinfo'), { force: true });
  await Promise.all([
    compile('tsconfig.json', ['--noEmitOnError']),
    compile('tsconfig.editor.json', []).then(() => compile('tsconfig.test.json', [])),
  ]);
}

/** What dist/ is to hold beside the compiled files: contents by path. */
async function assemble() {
  const { name: module, 'node-red': settings } = JSON.parse(read('package.json'));
  const nodes = Object.entries(settings.nodes).map(([type, file]) => {
    const room = basename(file, '.js');
    return { type, room, file: relative('dist', file), namespace: `${module}/${type}` };
  });
  const { languages, catalogs } = readLocales(nodes.map(({ room }) => room));
  const outputs = new Map();
  const keys = new Keys();
  const vendors = readVendors();
  for (const language of languages) {
    for (const { room, type, namespace } of nodes) {
      const catalog = catalogOf(room, language, catalogs);
      outputs.set(`locales/${language}/${room}.json`, `${JSON.stringify(catalog, null, 2)}\n`);
      if (language === DEFAULT_LANGUAGE) keys.add(namespace, catalog);
      if (room === SHARED_ROOM) {
        await checkErrorTexts(language, catalog);
        for (const vendor of vendors) checkVendorTexts(language, vendor, catalog.vendors?.[vendor.id]);
      }
      const help = `locales/${language}/${room}.md`;
      if (exists(help)) outputs.set(`locales/${language}/${room}.html`, helpOf(type, read(help)));
    }
  }
  for (const node of nodes) {
    const absent = ['index.ts', 'editor.ts', 'editor.html'].filter((file) => !exists(`nodes/${node.room}/${file}`));
    for (const file of absent) report(`nodes/${node.room}/${file}`, 'is missing');
    if (absent.length > 0) continue;
    outputs.set(node.file, `'use strict';\nmodule.exports = require('./lib/${node.room}/index.js').default;\n`);
    outputs.set(`${node.room}.html`, htmlOf(node, keys));
  }
  for (const file of filesBelow('nodes').filter((each) => each.endsWith('.ts') && !/(?:^|\/)editor/.test(each))) {
    const own = nodes.find(({ room }) => file.startsWith(`${room}/`));
    try {
      const { code } = transformSync(read(`nodes/${file}`), { loader: 'ts', logLevel: 'silent' });
      checkScriptKeys(callsIn(code), `nodes/${file}`, own?.namespace, keys);
    } catch (error) {
      report(`nodes/${file}`, error.message);
    }
  }
  for (const file of filesBelow('icons')) outputs.set(`icons/${file}`, readFileSync(join(ROOT, 'icons', file)));
  return outputs;
}

/** Writes what has changed and removes what no longer belongs. */
function write(outputs) {
  const belongs = new Set([...outputs.keys(), ...compiled]);
  for (const file of filesBelow('dist').filter((each) => !belongs.has(each))) {
    rmSync(join(ROOT, 'dist', file));
    for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
      if (readdirSync(join(ROOT, 'dist', folder)).length > 0) break;
      rmdirSync(join(ROOT, 'dist', folder));
    }
  }
  for (const [file, content] of outputs) {
    const path = join(ROOT, 'dist', file);
    if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

const started = Date.now();
const checkOnly = process.argv.includes('--check');
const [outputs] = await Promise.all([assemble(), checkOnly ? undefined : compileAll()]);
if (problems.size > 0) {
  console.error([...problems].join('\n'));
  console.error(`\nThe build failed: ${problems.size} ${problems.size === 1 ? 'fault' : 'faults'}.`);
  process.exitCode = 1;
} else if (checkOnly) {
  console.log('Texts, icons and forms are complete.');
} else {
  write(outputs);
  console.log(`Built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
