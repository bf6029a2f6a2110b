/** What the database's errors come to for the person who can do something about it. */
import { failure, SmsError, type Failure } from '../../core/failure';

/** What is kept is not what was written: only a repair helps. */
export class Damage extends Error {}

const DISK_FULL = /no space left|ENOSPC|disk quota exceeded|EDQUOT|file too large|EFBIG|not enough space/i;
/** Node.js also says ENOENT where a folder cannot be made on a disk that may only be read. */
const NOT_WRITABLE =
  /permission denied|EACCES|EPERM|operation not permitted|read-only file system|EROFS|not a directory|ENOTDIR|EEXIST|access is denied|ENOENT.*mkdir/i;
/** The database names a file that is not there, or has files without the one that says which count. */
const MISSING_FILE = /no such file|cannot find the (?:file|path)|does not exist \(create_if_missing/i;

interface Told {
  readonly code?: string;
  readonly message: string;
}

/** What the database itself said: an error in opening is wrapped in another. */
function told(error: unknown): Told {
  if (!(error instanceof Error)) return { message: String(error) };
  return error.cause instanceof Error ? told(error.cause) : error;
}

export function isDamage(error: unknown): boolean {
  if (error instanceof Damage) return true;
  // What Node.js says of a file is not about what is in it.
  if (!(error instanceof Error) || error instanceof SmsError || 'syscall' in error) return false;
  const { code, message } = told(error);
  return code === 'LEVEL_CORRUPTION' || (code !== 'LEVEL_LOCKED' && MISSING_FILE.test(message));
}

/** Why the store in `folder` cannot keep anything. */
export function troubleOf(error: unknown, folder: string): Failure {
  if (error instanceof SmsError) return error.failure;
  const { code, message } = told(error);
  if (code === 'LEVEL_LOCKED') return failure('store-failed', 'in-use', { folder });
  if (DISK_FULL.test(message)) return failure('store-failed', 'disk-full', { folder });
  const reason = message.replace(/^IO error: /, '');
  if (NOT_WRITABLE.test(message)) return failure('store-failed', 'not-writable', { folder, reason });
  return failure('store-failed', 'unusable', { folder, reason });
}
