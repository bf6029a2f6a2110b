/** The table of results: plain text in 100 columns, one line as soon as it is known. */

const COLUMNS = [
  ['vendor', 9],
  ['recipient', 13],
  ['id', 34],
  ['state', 12],
  ['parts', 7],
  ['time', 8],
];

/** An error stands below its row, in lines that fit: broken between words, or within one that is too long. */
const INDENT = ' '.repeat(COLUMNS[0][1]);
const FITTING = /\S.{0,89}(?!\S)|\S{90}/g;

const line = (cells) =>
  cells
    .map((cell, column) => String(cell).padEnd(COLUMNS[column][1] - 1))
    .join(' ')
    .trimEnd();

export function printHead() {
  console.log(`\n${line(COLUMNS.map(([name]) => name))}`);
  console.log(line(COLUMNS.map(([, width]) => '-'.repeat(width - 2))));
}

/** One recipient; `seconds` from the click to the outcome. */
export function printRow({ vendor, to, id, state, parts, seconds, error }) {
  console.log(line([vendor ?? '-', to ?? '-', id ?? '-', state, parts ?? '-', `${seconds.toFixed(2)} s`]));
  for (const part of error?.match(FITTING) ?? []) console.log(INDENT + part);
}
