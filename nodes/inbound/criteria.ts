/** Which inbound SMS a node is after: what their text says, and who sent them. */
import { comparable, readRecipients } from '../core/recipient';

/** Characters of a text that a regular expression is tried on. */
export const MOST_MATCHED = 2000;

export type TextTest = (text: string) => boolean;

/**
 * Reads a keyword, or a regular expression between slashes with flags behind them. Throws a `SyntaxError` where that is
 * malformed.
 */
export function readMatch(written: string): TextTest {
  const [, source, flags = ''] = /^\/(.+)\/([a-z]*)$/is.exec(written.trim()) ?? [];
  return source === undefined ? keywordTest(written) : expressionTest(new RegExp(source, flags));
}

function expressionTest(expression: RegExp): TextTest {
  return (text) => {
    // With the flags g and y an expression goes on where it ended the last time.
    expression.lastIndex = 0;
    return expression.test(text.slice(0, MOST_MATCHED));
  };
}

/** The keyword is all of the text, or its first word or words: what follows is neither a letter nor a digit. */
function keywordTest(written: string): TextTest {
  const keyword = plain(written);
  return (text) => {
    const said = plain(text);
    if (!said.startsWith(keyword)) return false;
    const rest = said.slice(keyword.length);
    // "1.5" is not a 1 with something behind it.
    if (/\d$/.test(keyword) && /^[.,:/-]\d/.test(rest)) return false;
    return !/^[\p{L}\p{N}\p{M}_]/u.test(rest);
  };
}

/** A text without what differs between two ways to type it: case, full-width forms, blanks, invisible marks. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The numbers in a list, as `readRecipients` takes it: whether a sender is one of them. */
export function readSenders(list: unknown): (from: string, country: string) => boolean {
  const byCountry = new Map<string, ReadonlySet<string>>();
  return (from, country) => {
    let numbers = byCountry.get(country);
    if (!numbers) {
      numbers = new Set(readRecipients(list, country).map((written) => comparable(written, country)));
      byCountry.set(country, numbers);
    }
    return numbers.has(comparable(from.trim(), country));
  };
}
