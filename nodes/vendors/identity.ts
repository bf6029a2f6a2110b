/** What tells one event from another where the vendor gives it no id. */
import { createHash } from 'node:crypto';

/**
 * A digest of the parts, in their order: 32 hexadecimal digits, equal for equal parts alone. A part that is absent is
 * not the same as a blank one.
 */
export function identityOf(...parts: (string | number | undefined)[]): string {
  // JSON keeps apart what lies side by side, whatever the parts hold.
  const written = JSON.stringify(parts.map((part) => part ?? null));
  return createHash('sha256').update(written, 'utf8').digest('hex').slice(0, 32);
}
