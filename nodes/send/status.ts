/** The status that an outcome leaves below a send node. */
import type { Outcome } from '../engine/dispatcher';
import type { Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';
import { outputOf } from './result';

export function showOutcome(status: Status, { recipients, until }: Outcome, texts: Texts): void {
  const count: [number, number, number] = [0, 0, 0];
  for (const { state } of recipients) count[outputOf(state, until)]++;
  const [accepted, failed, inDoubt] = count;
  const total = recipients.length;
  if (recipients.some(({ state }) => state === 'in-doubt')) {
    status.show('doubtful', 'inDoubt', { count: inDoubt, total });
  } else if (inDoubt > 0) {
    status.show('doubtful', 'unreported', { count: inDoubt, total });
  } else if (failed === total) {
    const [first] = recipients;
    status.show('bad', 'failed', { code: texts.text(`codes.${first?.failure?.code ?? 'vendor-error'}`) });
  } else if (failed > 0) {
    status.show('bad', 'partly', { accepted, failed, total });
  } else {
    const scheduled = recipients.every(({ state }) => state === 'scheduled');
    status.show('good', until === 'delivered' ? until : scheduled ? 'scheduled' : 'accepted', { count: total });
  }
}
