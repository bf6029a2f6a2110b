/** What the database's errors come to for the person who can do something about it: without its words, which may hold data. */
import { failure, SmsError, type Failure } from '../../../core/failure';

/** Details by the beginning of an SQLSTATE (PostgreSQL, appendix A), the longest first. */
const BY_STATE: readonly (readonly [beginning: string, detail: string])[] = [
  ['25006', 'database-read-only'],
  ['3D000', 'database-missing'],
  ['3F000', 'database-missing'],
  ['42501', 'database-rights'],
  ['53100', 'database-full'],
  ['28', 'database-login'],
];
/** What pg says in words alone, before anything was asked of the database. */
const NEEDS_LOGIN = /password must be a string|no pg_hba|SASL|SCRAM/i;

/** `place`: host and port, or nothing where the address could not be read. */
export function troubleOf(error: unknown, place: string): Failure {
  if (error instanceof SmsError) return error.failure;
  const { code, message } = toldBy(error);
  const detail = BY_STATE.find(([beginning]) => code.length === 5 && code.startsWith(beginning))?.[1];
  if (detail !== undefined) return failure('store-failed', detail, { database: place });
  if (NEEDS_LOGIN.test(message)) return failure('store-failed', 'database-login', { database: place });
  return failure('store-failed', 'database-unreachable', { database: place, reason: code || 'no answer' });
}

/** An error of several addresses that were tried tells only by its parts. */
function toldBy(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: '' };
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return { code, message: error.message };
  if (error instanceof AggregateError && error.errors.length > 0) return toldBy(error.errors[0]);
  return { code: '', message: error.message };
}
