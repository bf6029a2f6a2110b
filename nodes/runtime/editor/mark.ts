/** Marks a control as Node-RED marks those that it knows: a red border, and what is wrong when the pointer rests on it. */
import type { Verdict } from './red';

const TOOLTIP = 'smswire-tooltip';

export function mark(control: JQuery, verdict: Verdict): void {
  const wrong = verdict !== true;
  control.toggleClass('input-error', wrong).attr('aria-invalid', String(wrong));
  const tooltip = control.data(TOOLTIP) as ReturnType<typeof RED.popover.tooltip> | undefined;
  if (!wrong) {
    tooltip?.delete();
    control.removeData(TOOLTIP);
  } else if (tooltip) {
    tooltip.setContent(verdict);
  } else {
    control.data(TOOLTIP, RED.popover.tooltip(control, verdict));
  }
}
