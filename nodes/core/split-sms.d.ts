declare module 'split-sms' {
  interface Split {
    characterSet: 'GSM' | 'Unicode';
    parts: { content: string; length: number; bytes: number }[];
    /** Septets for GSM, octets for Unicode. */
    bytes: number;
    length: number;
  }
  export function split(message: string, options?: { characterset?: 'GSM' | 'Unicode'; summary?: boolean }): Split;
}
