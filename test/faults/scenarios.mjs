/** Which scenarios are run with which store: not all of them make sense with each. */
import { readdirSync } from 'node:fs';

export const SCENARIOS = readdirSync(new URL('.', import.meta.url)).flatMap(
  (name) => /^(.*)\.test\.ts$/.exec(name)?.[1] ?? [],
);

/** These choose their stores themselves. */
const CHOOSE = new Set(['shared', 'store']);

/** By the value of `SMSWIRE_FAULTS_STORE`; without it, all are run with the embedded store. */
export const SCENARIOS_WITH = {
  postgres: SCENARIOS.filter((name) => !CHOOSE.has(name)),
  // What waits in memory alone is gone with the process: nothing is ended there.
  memory: ['answers', 'crowd', 'refusal', 'unreachable'],
};
