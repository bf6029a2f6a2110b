/** Tells the runner what became of each test of a file: one line of JSON for each that passed, failed or was skipped. */
import { inspect } from 'node:util';

/** What a reader needs of an error: what the test threw, not what the runner wrapped it in. */
function explain(error) {
  const thrown = error?.cause ?? error;
  return thrown instanceof Error || typeof thrown !== 'string' ? inspect(thrown, { depth: 4 }) : thrown;
}

export default async function* report(events) {
  /** The names of the suites around the test, by nesting. */
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') names.splice(data.nesting, Infinity, data.name);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { error, type: kind } = data.details;
    // A suite is no test, and fails with the tests in it; it speaks for itself where one of its hooks failed.
    if (type === 'test:pass' ? kind === 'suite' : error?.failureType === 'subtestsFailed') continue;
    const left = data.skip !== undefined || data.todo !== undefined;
    const outcome = left ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    const name = [...names.slice(0, data.nesting), data.name].join(' › ');
    yield `${JSON.stringify({ outcome, name, ...(outcome === 'failed' && { error: explain(error) }) })}\n`;
  }
}
