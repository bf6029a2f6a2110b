/** What the editor loads of a node: its bundled script, its form, its help. */
import { parse } from 'acorn';
import { buildSync } from 'esbuild';
import { marked } from 'marked';
import { exists, isObject, read, report, ROOT } from './tree.mjs';

/** Every call in a script, with the text of what is called: `RED.nodes.registerType`, `this._`. */
export function callsIn(script) {
  const calls = [];
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!isObject(node)) return;
    if (node.type === 'CallExpression') {
      calls.push({ name: script.slice(node.callee.start, node.callee.end), args: node.arguments });
    }
    Object.values(node).forEach(visit);
  };
  visit(parse(script, { ecmaVersion: 'latest', sourceType: 'module' }));
  return calls;
}

/** `data-i18n="key;[placeholder]key"` in markup. */
function checkMarkupKeys(markup, file, namespace, keys) {
  for (const [, , value] of markup.matchAll(/data-i18n\s*=\s*(\\?["'])(.*?)\1/g)) {
    for (const part of value.split(';').filter((each) => each.trim() !== '' && !each.includes('${'))) {
      const key = part.replace(/^\s*\[[\w-]*\]/, '').trim();
      if (!keys.has(key, namespace)) report(file, `data-i18n key "${key}" is in no catalog`);
    }
  }
}

/** `_('key')` in a script; in the editor `RED._` looks into the editor's own texts. */
export function checkScriptKeys(calls, file, namespace, keys, bare = namespace) {
  for (const { name, args } of calls) {
    if (!name.endsWith('._') || typeof args[0]?.value !== 'string') continue;
    const key = args[0].value;
    if (!keys.has(key, name === 'RED._' ? bare : namespace)) report(file, `text key "${key}" is in no catalog`);
  }
}

/** The html of one node: its bundled script and its form. */
export function htmlOf({ type, room, namespace }, keys) {
  const file = `nodes/${room}/editor.ts`;
  const form = read(`nodes/${room}/editor.html`);
  let script;
  try {
    const { outputFiles } = buildSync({
      absWorkingDir: ROOT,
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'iife',
      target: 'es2020',
      charset: 'utf8',
      tsconfig: 'tsconfig.editor.json',
      logLevel: 'silent',
    });
    script = outputFiles[0].text;
  } catch (error) {
    for (const { location, text } of error.errors) report(location?.file ?? file, `${location?.line ?? 1}: ${text}`);
    return '';
  }
  const calls = callsIn(script);
  const call = calls.find(({ name, args }) => name === 'RED.nodes.registerType' && args[0]?.value === type);
  if (call?.args[1]?.type !== 'ObjectExpression')
    report(file, `RED.nodes.registerType('${type}', {…}) is not there in literals`);
  const icon = call?.args[1]?.properties?.find(({ key }) => key?.name === 'icon')?.value;
  if (icon !== undefined && typeof icon.value !== 'string') report(file, 'icon is no literal');
  else if (icon !== undefined && !icon.value.includes('/') && !exists(`icons/${icon.value}`)) {
    report(file, `icon "${icon.value}" is not in icons/`);
  }
  checkScriptKeys(calls, file, namespace, keys, 'editor');
  checkMarkupKeys(script, file, namespace, keys);
  checkMarkupKeys(form, `nodes/${room}/editor.html`, namespace, keys);
  for (const [where, text] of [
    [file, script],
    [`nodes/${room}/editor.html`, form],
  ]) {
    if (/<\/?script/i.test(text)) report(where, 'holds a script tag');
  }
  return [
    `<script type="text/javascript">\n${script.trimEnd()}\n</script>\n`,
    `<script type="text/html" data-template-name="${type}">\n${form.trim()}\n</script>\n`,
  ].join('\n');
}

/** The help of one node in one language. */
export const helpOf = (type, markdown) =>
  `<script type="text/html" data-help-name="${type}">\n${marked.parse(markdown, { async: false }).trim()}\n</script>\n`;
