/** The browser of the end-to-end tests. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe'];

/** Where the usual installers put it that leave the search path alone. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env.PROGRAMFILES ?? '', 'Google/Chrome/Application/chrome.exe'),
];

/** The path of a Chromium: what `SMSWIRE_CHROMIUM` names, else what is installed; `undefined` where nothing is. */
export function chromiumPath(): string | undefined {
  const named = process.env.SMSWIRE_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const searched = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = searched.flatMap((folder) => COMMANDS.map((command) => join(folder, command)));
  const candidates = [...found, ...PLACES, chromium.executablePath()];
  return candidates.find((path) => existsSync(path));
}
