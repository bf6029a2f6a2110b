/** Numbers as this platform writes them: eleven digits for a mobile at home. */

/**
 * `+86`, `0086` and `86` go from a mobile number of China. Another `+` becomes `00`: without it, a foreign number could
 * be read as one at home (`+1 380 000 0001`).
 */
export function wireNumber(to: string): string {
  return to.replace(/^(?:\+|00)?86(?=1[3-9]\d{9}$)/, '').replace(/^\+/, '00');
}

/** A form in which the number of an answer equals the one that was sent, however the gateway writes it. */
export function comparable(written: string): string {
  return wireNumber(written.replace(/[^\d+]/g, '')).replace(/^00/, '');
}
