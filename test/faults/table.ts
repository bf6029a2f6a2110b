/** What the scenarios found, for the table at the end. */
import { appendFileSync } from 'node:fs';
import type { Balance } from './ledger';

/** What was measured several times. */
export interface Times {
  readonly what: string;
  readonly milliseconds: readonly number[];
}

/** What a scenario came to at one vendor; what it does not count is absent. */
export interface Row {
  /** Number of the proof in the list of `run.mjs`. */
  readonly proof: number;
  readonly scenario: string;
  readonly vendor: string;
  readonly messages: number;
  readonly kills?: number;
  readonly lost: number;
  readonly doubled: number;
  readonly inDoubt?: number;
  readonly times?: readonly Times[];
  readonly remark?: string | undefined;
}

/** The runner collects the rows of all files in the file that this names. */
const FILE = process.env.SMSWIRE_FAULTS_ROWS;

export function note(row: Row): void {
  if (FILE) appendFileSync(FILE, `${JSON.stringify(row)}\n`);
}

export function countsOf({
  messages,
  lost,
  doubled,
  inDoubt,
}: Balance): Pick<Row, 'messages' | 'lost' | 'doubled' | 'inDoubt'> {
  return { messages, lost: lost.length, doubled: doubled.length, inDoubt: inDoubt.length };
}
