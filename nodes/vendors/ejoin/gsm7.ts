/** The alphabet that `coding` 2 can carry: GSM 03.38, the basic table and its extension. */
const ALPHABET: ReadonlySet<string> = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà' +
    '\f^{}\\[~]|€',
);

/** Whether every character of the text is in the alphabet, so that none would be replaced. */
export function isGsm7(text: string): boolean {
  for (const character of text) if (!ALPHABET.has(character)) return false;
  return true;
}
