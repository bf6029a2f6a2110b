/** The texts of `locales/`: read, held against each other, merged into what Node-RED loads, and looked up. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import { exists, filesBelow, isObject, read, report } from './tree.mjs';

/** Node-RED shows this language to everybody whose own is missing. */
export const DEFAULT_LANGUAGE = 'en-US';
/** The room whose catalog also holds the shared texts and the vendors'. */
export const SHARED_ROOM = 'gateway';

/** Every text of a catalog by its dotted key. */
export function textsOf(catalog, file) {
  const texts = new Map();
  const visit = (value, path) => {
    if (isObject(value)) {
      for (const [key, below] of Object.entries(value)) {
        if (/[.:]/.test(key))
          report(file, `key "${[...path, key].join('.')}" holds "." or ":", which no look-up finds`);
        visit(below, [...path, key]);
      }
    } else if (typeof value === 'string' && value !== '') {
      texts.set(path.join('.'), value);
    } else {
      report(file, `key "${path.join('.')}" is no text`);
    }
  };
  visit(catalog, []);
  return texts;
}

const parametersOf = (text) => [...new Set(text.match(/__[\w-]+?__/g))].sort().join(' ');

/** The parsed catalogs, by language and file, after they were held against each other. */
export function readLocales(rooms) {
  const languages = [...new Set(filesBelow('locales').map((file) => file.split('/')[0]))];
  if (!languages.includes(DEFAULT_LANGUAGE)) report('locales', `folder ${DEFAULT_LANGUAGE} is missing`);
  if (languages.includes('en')) report('locales/en', `Node-RED does not look here; it is ${DEFAULT_LANGUAGE}`);

  const catalogs = {};
  const texts = {};
  const everywhere = new Set(rooms.flatMap((room) => [`${room}.json`, `${room}.md`]));
  for (const language of languages) {
    catalogs[language] = {};
    texts[language] = {};
    for (const name of filesBelow(`locales/${language}`)) {
      everywhere.add(name);
      const file = `locales/${language}/${name}`;
      const known =
        /^(?:shared|vendors\/[\w-]+)\.json$/.test(name) || rooms.includes(name.replace(/\.(?:json|md)$/, ''));
      if (!known) report(file, 'belongs to no node of package.json');
      if (!name.endsWith('.json')) continue;
      try {
        const catalog = JSON.parse(read(file));
        texts[language][name] = textsOf(catalog, file);
        if (isObject(catalog)) catalogs[language][name] = catalog;
      } catch (error) {
        report(file, `is no JSON (${error.message})`);
      }
    }
  }
  for (const name of everywhere) {
    const having = languages.filter((language) => exists(`locales/${language}/${name}`));
    for (const language of languages) {
      if (!having.includes(language)) report(`locales/${language}/${name}`, 'is missing');
      else if (name.endsWith('.json')) compareTexts(name, language, texts, having);
    }
  }
  return { languages, catalogs };
}

/** What one language's file lacks of any other's, and where its parameters differ from the default language's. */
function compareTexts(name, language, texts, having) {
  const own = texts[language][name];
  const file = `locales/${language}/${name}`;
  const missing = new Map();
  for (const other of having) {
    for (const [key, text] of texts[other][name] ?? []) {
      if (own !== undefined && !own.has(key)) missing.set(key, other);
      const here = parametersOf(own?.get(key) ?? '');
      if (other === DEFAULT_LANGUAGE && own?.has(key) && here !== parametersOf(text)) {
        report(file, `key "${key}" has parameters "${here}", ${other} has "${parametersOf(text)}"`);
      }
    }
  }
  for (const [key, other] of missing) report(file, `key "${key}" is missing (locales/${other}/${name} has it)`);
}

function merge(target, source, file, path = []) {
  for (const [key, value] of Object.entries(source)) {
    if (isObject(value) && isObject((target[key] ??= {}))) merge(target[key], value, file, [...path, key]);
    else if (target[key] !== undefined)
      report(file, `key "${[...path, key].join('.')}" is already taken by another file`);
    else target[key] = value;
  }
}

/** A room's catalog as Node-RED gets it. */
export function catalogOf(room, language, catalogs) {
  const files = catalogs[language];
  const catalog = structuredClone(files[`${room}.json`] ?? {});
  if (room !== SHARED_ROOM) return catalog;
  merge(catalog, files['shared.json'] ?? {}, `locales/${language}/shared.json`);
  for (const name of Object.keys(files).filter((each) => each.startsWith('vendors/'))) {
    const { errors = {}, ...vendor } = files[name];
    merge(catalog, { errors, vendors: { [basename(name, '.json')]: vendor } }, `locales/${language}/${name}`);
  }
  return catalog;
}

/** Every canonical error code has a sentence, and no sentence is kept under a code that does not exist. */
export async function checkErrorTexts(language, catalog) {
  const { code } = transformSync(read('nodes/core/failure.ts'), { loader: 'ts', format: 'esm' });
  const { RETRY } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const errors = catalog.errors ?? {};
  for (const each of Object.keys(RETRY)) {
    if (typeof errors[each]?.default === 'string') continue;
    report(
      `locales/${language}/shared.json`,
      `key "errors.${each}.default" is missing (nodes/core/failure.ts has ${each})`,
    );
  }
  for (const each of Object.keys(errors)) {
    if (!Object.hasOwn(RETRY, each))
      report(`locales/${language}`, `"errors.${each}" is no code of nodes/core/failure.ts`);
  }
}

/** Looks a key up as Node-RED would: `key` in the asker's own catalog, `namespace:key` in that one's. */
export class Keys {
  #texts = new Map();

  constructor() {
    this.#addCore('node-red', '@node-red/nodes', 'locales/en-US/messages.json');
    this.#addCore('editor', '@node-red/editor-client', 'locales/en-US/editor.json');
  }

  /** Node-RED's own texts, which dialogs may use too. */
  #addCore(namespace, module, file) {
    const { resolve } = createRequire(createRequire(import.meta.url).resolve('node-red/package.json'));
    const path = join(dirname(resolve(`${module}/package.json`)), file);
    this.add(namespace, JSON.parse(readFileSync(path, 'utf8')));
  }

  add(namespace, catalog) {
    this.#texts.set(namespace, catalog);
  }

  /** Without a namespace any catalog will do. */
  has(reference, namespace) {
    const [, named = namespace, key] = /^(?:([^:]+):)?(.*)$/.exec(reference);
    const catalogs = named === undefined ? [...this.#texts.values()] : [this.#texts.get(named)];
    return catalogs.some((catalog) =>
      ['', '_one', '_other', '_plural'].some((form) => {
        const text = `${key}${form}`.split('.').reduce((below, part) => below?.[part], catalog);
        return typeof text === 'string';
      }),
    );
  }
}
