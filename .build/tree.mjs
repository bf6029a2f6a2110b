/** The files of the clone, and the faults that were found in them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export const ROOT = dirname(import.meta.dirname);

/** One line each: file, key, what is wrong. */
export const problems = new Set();
export const report = (file, text) => problems.add(`${file}: ${text}`);

export const exists = (file) => existsSync(join(ROOT, file));
export const read = (file) => readFileSync(join(ROOT, file), 'utf8');
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The files below a folder, relative to it, with forward slashes. */
export function filesBelow(folder) {
  if (!exists(folder)) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(join(ROOT, folder), join(entry.parentPath, entry.name)).split(sep).join('/'));
}
