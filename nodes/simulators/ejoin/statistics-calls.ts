/** `goip_get_sms_stat.html` and `goip_get_call_stat.html` (sections 9 and 10): a row for each port and slot asked for. */
import type { SimulatedAnswer } from '../server';
import { answerJson, parameter, refuse, type Call } from './call';
import type { Device } from './device-state';
import { SLOTS, type Port } from './lines';
import { parsePorts } from './ports';
import type { CardStatistics, Counts, Span } from './statistics';

/** Seconds from dialling to ringing. */
const PDD = 3;

type Row = (card: CardStatistics, counts: Counts, port: Port, slot: number) => object;

/** Section 9. `unsent` and `sending` are as it is now, whatever the span. */
export function smsStatistics(device: Device, call: Call, now: number): SimulatedAnswer {
  const unsent = new Map<string, number>();
  for (const task of device.tasks.waiting)
    for (const { port, slot } of task.unsent) {
      const name = `${port.number}.${slot}`;
      unsent.set(name, (unsent.get(name) ?? 0) + 1);
    }
  return statistics(device, call, now, (card, { received, sent, sentOk, sentFailed }, port, slot) => ({
    received,
    sent,
    sent_ok: sentOk,
    sent_failed: sentFailed,
    con_failed: card.failedInARow,
    unsent: unsent.get(`${port.number}.${slot}`) ?? 0,
    sending: card.sending,
  }));
}

/** Section 10. What `nc` counts exactly the document leaves open: here calls that were connected, of all. */
export function callStatistics(device: Device, call: Call, now: number): SimulatedAnswer {
  return statistics(device, call, now, (card, { calls, alerted, connected, seconds, minutes }) => ({
    calls,
    alerted,
    connected,
    con_failed: card.callsFailedInARow,
    nc: `${connected}/${calls}`,
    pdd: alerted > 0 ? PDD : 0,
    acd: connected > 0 ? Math.round(seconds / connected) : 0,
    asr: calls > 0 ? Math.round((100 * connected) / calls) : 0,
    tcd: minutes,
    act_tcd: seconds,
  }));
}

function statistics(device: Device, call: Call, now: number, row: Row): SimulatedAnswer {
  const ports = numbers(parameter(call, 'ports') ?? 'all', device.ports.length);
  const asked = parameter(call, 'slots');
  const slots = asked === undefined ? [] : numbers(asked, SLOTS);
  const span = parameter(call, 'type') ?? '0';
  if (!ports || !slots) return refuse(2);
  if (!isSpan(span)) return refuse(15);
  const stats = ports.flatMap((number) => {
    const port = device.ports[number - 1];
    if (!port) return [];
    return (asked === undefined ? [port.slot] : slots).map((slot) => {
      const card = device.statistics.of(number, slot);
      return { port: number, slot, ...row(card, card.in(span, now), port, slot) };
    });
  });
  return answerJson({ code: 200, reason: 'OK', count: stats.length, stats });
}

function isSpan(text: string): text is Span {
  return /^[0-3]$/.test(text);
}

/** `all`, or numbers from 1 to `most`, with ranges, each once; `undefined` where it is none of that. */
function numbers(list: string, most: number): number[] | undefined {
  if (list.trim().toLowerCase() === 'all') return Array.from({ length: most }, (_, index) => index + 1);
  const found = parsePorts(list);
  if (!found || found.length === 0) return undefined;
  if (found.some(({ port, slot }) => slot !== undefined || port < 1 || port > most)) return undefined;
  return [...new Set(found.map(({ port }) => port))];
}
