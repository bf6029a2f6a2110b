/** A look at a Mustache template that tells a slip of the pen, without the library. */

const TAG = /\{\{\{([\s\S]*?)\}\}\}|\{\{([\s\S]*?)\}\}/g;

/** Whether every tag and every section is closed. Templates that change the delimiters are left to the runtime. */
export function isWellFormed(template: string): boolean {
  if (template.includes('{{=')) return true;
  const open: string[] = [];
  for (const [, , tag = ''] of template.matchAll(TAG)) {
    const [, sign, name = ''] = /^\s*([#^/!>&]?)\s*([\s\S]*?)\s*$/.exec(tag) ?? [];
    if (sign === '#' || sign === '^') open.push(name);
    else if (sign === '/' && open.pop() !== name) return false;
  }
  return open.length === 0 && !template.replace(TAG, '').includes('{{');
}
