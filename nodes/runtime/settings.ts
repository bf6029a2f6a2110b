/** What is set under `smswire` in `settings.js` (contract, section 7). */
import type { NodeAPI } from 'node-red';
import { readBoolean, readNumber } from '../core/option';
import { RETENTION } from '../engine/event-center';
import type { Retention } from '../engine/send-register';
import { Texts } from './texts';

const QUEUE_LIMIT = 100_000;
const DAY = 86_400_000;

export interface Settings {
  /** `embedded`, `memory`, or something else: then nothing can be kept. */
  readonly store: string;
  /** Node-RED's user directory. */
  readonly userDir: string;
  readonly retention: Retention;
  /** Recipients that may wait. */
  readonly queueLimit: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Says what is wrong in it; then that counts as not set. */
export function readSettings(red: NodeAPI): Settings {
  const { userDir, smswire } = red.settings as { userDir?: unknown; smswire?: unknown };
  const { store, retention, queueLimit } = fieldsOf(smswire);
  const { days, bodies } = fieldsOf(retention);
  const texts = new Texts(red);
  const read = <Value>(
    field: string,
    value: unknown,
    convert: (value: unknown) => Value | undefined,
  ): Value | undefined => {
    if (value === undefined) return undefined;
    const converted = convert(value);
    if (converted === undefined) red.log.error(texts.text('settings.wrong', { field: `smswire.${field}` }));
    return converted;
  };
  const positive = (value: unknown): number | undefined => {
    const number = readNumber(value);
    return number !== undefined && number > 0 ? number : undefined;
  };
  const folder = typeof userDir === 'string' && userDir !== '' ? userDir : undefined;
  return {
    // Where there is no user directory, there is no place for anything.
    store: folder === undefined ? 'memory' : typeof store === 'string' ? store : 'embedded',
    userDir: folder ?? '',
    retention: {
      span: (read('retention.days', days, positive) ?? RETENTION.span / DAY) * DAY,
      bodies: read('retention.bodies', bodies, readBoolean) ?? RETENTION.bodies,
    },
    queueLimit: read('queueLimit', queueLimit, positive) ?? QUEUE_LIMIT,
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
