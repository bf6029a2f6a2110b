/** The address at which a webhook is reached from outside. Also the editor shows it. */

/** The folder of all webhooks below Node-RED's own root for HTTP nodes. */
export const WEBHOOK_FOLDER = 'smswire';

/** One part of a path: whatever else there might be, some device would write differently than it was typed. */
export const SECRET_PATH = /^[A-Za-z0-9_-]{1,128}$/;

/** A path that is shorter can be guessed. */
export const SHORTEST_SAFE_PATH = 16;

/** Parts joined by single slashes, however many they begin and end with. Blank ones are left out. */
export function joinUrl(base: string, ...parts: readonly string[]): string {
  const trimmed = parts.map(trimSlashes).filter((part) => part !== '');
  return [trimEnd(base), ...trimmed].join('/');
}

/** Whether it can be the address of this Node-RED, as its user writes it. */
export function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

function trimSlashes(text: string): string {
  let start = 0;
  while (text[start] === '/') start++;
  return trimEnd(text.slice(start));
}

function trimEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}
