/** How many parts an SMS takes on the air (3GPP TS 23.038 and 23.040). */
import { split } from 'split-sms';

export interface Segments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  /**
   * What counts against the limit of a part (160 or 153 in GSM-7, 70 or 67 in UCS-2): a character of the extension
   * table such as `€` counts two in GSM-7, an emoji two or more in UCS-2.
   */
  readonly characters: number;
  readonly parts: number;
}

/** Counts a text. A pair of surrogates is never divided between two parts. */
export function segmentsOf(text: string): Segments {
  const { characterSet, bytes, parts } = split(text, { summary: true });
  return characterSet === 'GSM'
    ? { encoding: 'GSM-7', characters: bytes, parts: parts.length }
    : { encoding: 'UCS-2', characters: bytes / 2, parts: parts.length };
}
