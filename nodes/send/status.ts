/** The status that an outcome leaves below a send node. */
import type { Outcome } from '../engine/dispatcher';
import type { Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';
import { outputOf } from './result';

export function showOutcome(status: Status, { recipients }: Outcome, texts: Texts): void {
  const count: [number, number, number] = [0, 0, 0];
  for (const { state } of recipients) count[outputOf(state)]++;
  const [accepted, failed, inDoubt] = count;
  const total = recipients.length;
  if (inDoubt > 0) {
    status.show('doubtful', 'inDoubt', { count: inDoubt, total });
  } else if (failed === total) {
    const [first] = recipients;
    status.show('bad', 'failed', { code: texts.text(`codes.${first?.failure?.code ?? 'vendor-error'}`) });
  } else if (failed > 0) {
    status.show('bad', 'partly', { accepted, failed, total });
  } else {
    const scheduled = recipients.every(({ state }) => state === 'scheduled');
    status.show('good', scheduled ? 'scheduled' : 'accepted', { count: total });
  }
}
