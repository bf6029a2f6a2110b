/** What the drivers say of themselves, held against the texts that dialogs show of it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { isObject, report, ROOT } from './tree.mjs';

const REGISTRY = 'nodes/vendors/registry.ts';

/** The drivers of the registry; none where it cannot be read, which is reported. */
export function readVendors() {
  try {
    const { outputFiles } = buildSync({
      ...{ absWorkingDir: ROOT, entryPoints: [REGISTRY], bundle: true, write: false, logLevel: 'silent' },
      ...{ format: 'cjs', platform: 'node', packages: 'external' },
    });
    const module = { exports: {} };
    const run = new Function('module', 'exports', 'require', outputFiles[0].text);
    run(module, module.exports, createRequire(join(ROOT, REGISTRY)));
    return [...module.exports.VENDORS.values()];
  } catch (error) {
    report(REGISTRY, `cannot be read (${error.message.split('\n')[0]})`);
    return [];
  }
}

/** Every option, command and argument of a vendor has its texts in a language, and no text is kept for what is none. */
export function checkVendorTexts(language, { id, options, commands = [] }, texts = {}) {
  const file = `locales/${language}/vendors/${id}.json`;
  for (const option of options) checkOption(file, option, [`options.${option.name}`], texts);
  for (const { name, args } of commands) {
    if (textAt(texts, `commands.${name}.label`) === undefined) missing(file, `commands.${name}.label`);
    for (const arg of args) {
      checkOption(file, arg, [`commands.${name}.arguments.${arg.name}`, `arguments.${arg.name}`], texts);
    }
  }
  const known = {
    options: options.map(({ name }) => name),
    commands: commands.map(({ name }) => name),
    arguments: commands.flatMap(({ args }) => args.map(({ name }) => name)),
    ...Object.fromEntries(
      commands.map(({ name, args }) => [`commands.${name}.arguments`, args.map((arg) => arg.name)]),
    ),
  };
  for (const [path, names] of Object.entries(known)) {
    for (const each of Object.keys(textAt(texts, path) ?? {})) {
      if (!names.includes(each)) report(file, `"${path}.${each}" is nothing that nodes/vendors/${id} has`);
    }
  }
}

/** The texts of an option or argument: they stand at the first of the places that has them. */
function checkOption(file, { type, choices = [], pattern, min, max }, places, texts) {
  const has = (path) => places.some((place) => typeof textAt(texts, `${place}.${path}`) === 'string');
  const isSelect = type === 'boolean' || type === 'choice';
  const isLimited = !isSelect && (pattern !== undefined || min !== undefined || max !== undefined);
  const needed = ['label', 'hint', ...(isLimited ? ['rule'] : []), ...choices.map((choice) => `choices.${choice}`)];
  for (const path of needed) if (!has(path)) missing(file, `${places.at(-1)}.${path}`);
  if (!isLimited && has('rule')) report(file, `"${places.at(-1)}.rule" is the rule of nothing that has limits`);
}

function missing(file, key) {
  report(file, `key "${key}" is missing (${file.replace(/^.*\/(.*)\.json$/, 'nodes/vendors/$1')} has it)`);
}

function textAt(texts, path) {
  return path.split('.').reduce((below, part) => (isObject(below) ? below[part] : undefined), texts);
}
