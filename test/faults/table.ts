/** What the scenarios found, for the table at the end. */
import { appendFileSync } from 'node:fs';
import type { Balance } from './ledger';

/** A line of the table; what a scenario does not count is absent. */
export interface Row {
  readonly scenario: string;
  readonly messages: number;
  readonly kills?: number;
  readonly lost: number;
  readonly doubled: number;
  readonly inDoubt?: number;
  /** Milliseconds from the start of a process to the first request that left it: the middle and the longest. */
  readonly firstSend?: number;
  readonly slowest?: number;
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
