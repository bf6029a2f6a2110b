/** The command line. */
import { parseArgs } from 'node:util';
import { Trouble } from './trouble.mjs';

const USAGE = 'npm start -- [--once] [--port N] [--fresh]';

/** `{ once, fresh, port }`. */
export function readOptions(args) {
  const { once, fresh, port } = parse(args);
  const number = /^\d{1,5}$/.test(port) ? Number(port) : NaN;
  if (!(number <= 65_535)) throw new Trouble(`A port is a number from 0 to 65535, not "${port}". Usage: ${USAGE}`);
  return { once, fresh, port: number };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        once: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        port: { type: 'string', default: '1880' },
      },
    }).values;
  } catch (error) {
    throw new Trouble(`${error.message.split('. ')[0]}. Usage: ${USAGE}`);
  }
}
