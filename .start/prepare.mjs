/** Brings the clone into the state in which it runs: packages installed, `dist/` built. Skips what is done already. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { install as installPackages, ROOT } from '../test/support/install.mjs';
import { Trouble } from './trouble.mjs';

export { ROOT };

/** What `dist/` is made of, and `dist/` itself. */
const BUILT = ['nodes', 'locales', 'icons', '.build', 'build.mjs', 'package.json', 'package-lock.json', 'dist'];
const SETTINGS = ['tsconfig.json', 'tsconfig.editor.json'];
/** Holds the state of all these after the last build. */
const STAMP = join(ROOT, '.tools', 'built');

/** Installs the packages where they are missing or are not those of package-lock.json. */
export function install() {
  const reason = installPackages();
  if (reason !== undefined) throw new Trouble(`The packages could not be installed. ${reason}`);
}

/** Builds `dist/`, unless it is what the last build left and nothing has changed since. */
export function build(say) {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === state()) return;
  say('Building dist/ ...');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['build.mjs'], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
    throw new Trouble('The package could not be built, for the reasons above.');
  }
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, state());
}

/** A digest of names and contents. */
function state() {
  const hash = createHash('sha256');
  for (const path of [...BUILT, ...SETTINGS].flatMap((each) => filesBelow(each))) {
    const content = readFileSync(join(ROOT, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function filesBelow(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
