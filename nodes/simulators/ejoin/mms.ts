/** The attachments of an MMS: `type|base64;type|base64` (6.3.1.3), with the limits of the document. */
import { decodeBase64 } from './base64';
import type { TaskCode } from './codes';

const MOST_FILES = 5;
/** All files together, before base64. The document says 100K and leaves open of what. */
const MOST_BYTES = 100 * 1024;
const TYPES: ReadonlySet<string> = new Set(['jpg', 'gif', 'txt', 'mp3']);

/** A file as the log of accepted SMS shows it. */
export interface AttachedFile {
  readonly type: string;
  /** Base64, as it came. */
  readonly content: string;
}

/** The files; none for an empty text. Else the code of what is wrong: 18 too many, 20 too large, 19 not to be read. */
export function readAttachments(value: unknown): AttachedFile[] | TaskCode {
  if (typeof value !== 'string') return 19;
  if (value === '') return [];
  const pieces = value.replace(/;$/, '').split(';');
  if (pieces.length > MOST_FILES) return 18;
  const files: AttachedFile[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const bar = piece.indexOf('|');
    const type = piece.slice(0, Math.max(bar, 0)).trim();
    const content = piece.slice(bar + 1);
    const decoded = decodeBase64(content);
    if (!TYPES.has(type.toLowerCase()) || !decoded || decoded.length === 0) return 19;
    bytes += decoded.length;
    files.push({ type, content });
  }
  return bytes > MOST_BYTES ? 20 : files;
}
