/** How the SMS of tasks leave the device: which port each goes out of, when its turn is, and what becomes of it. */
import { magicOf } from '../magic';
import type { Agenda } from './agenda';
import { codeText } from './codes';
import { canSend, isWaitedFor, simAt, type Port } from './lines';
import type { Statistics } from './statistics';
import type { TaskRequest } from './task-request';
import { Copy, Task, type Tasks } from './tasks';

/** Milliseconds that an SMS is on its way into the network. */
const SENDING = 200;
/** Code of a delivery report for a handset that cannot be reached (TP-Status 0x43). */
const NOT_OBTAINABLE = 67;

/** Ports that share the SMS of a task. */
export type Ports = readonly [Port, ...Port[]];

/** What sending needs of the device. */
interface Surroundings {
  readonly ports: readonly Port[];
  readonly agenda: Agenda;
  readonly statistics: Statistics;
  readonly tasks: () => Tasks;
  /** A card pays for an SMS to a number. */
  readonly begun: (port: Port, to: string, at: number) => void;
  /** A status report of the task is due. */
  readonly report: (task: Task, at: number) => void;
  /** The handset told whether it has the SMS: code 0 where it has. */
  readonly confirmed: (copy: Copy, smsc: string, code: number, at: number) => void;
  /** The handset answers to the port that wrote to it. */
  readonly replied: (copy: Copy, text: string, at: number) => void;
}

export class Sending {
  readonly #device: Surroundings;
  /** Counts the SMS whose port the device chose, to take the ports in turn. */
  #turn = 0;

  constructor(device: Surroundings) {
    this.#device = device;
  }

  /**
   * Takes a task that passed every check. One recipient on several named ports gets a copy from each; several recipients
   * share the ports (notes of 6.3.1.3).
   */
  accept(request: TaskRequest, ports: Ports, now: number): Task {
    const named = request.from.length > 0;
    const [only, ...others] = request.to;
    const copies =
      named && only !== undefined && others.length === 0
        ? ports.map((port) => new Copy(0, only, port))
        : request.to.map((to, index) => new Copy(index, to, pick(ports, named ? index : this.#turn++)));
    const task = new Task(request, copies);
    this.#device.tasks().add(task);
    this.#giveTurns(task, copies, now);
    if (copies.length > 1 && request.reportPeriod > 0) this.#reportPeriodically(task, now);
    return task;
  }

  /** What waited goes on (6.2.5), with the interval of the task between its SMS. */
  resume(task: Task, at: number): void {
    task.isPaused = false;
    const due = task.unsent.filter((copy) => copy.isDue);
    for (const copy of due) copy.isDue = false;
    this.#giveTurns(task, due, at);
  }

  /** Takes back what was not sent yet (6.2.6). */
  remove(task: Task, at: number): void {
    task.remove();
    this.#device.tasks().progressed(task);
    if (task.news > 0) this.#settled(task, at);
  }

  /** What waited for a port goes on where it can send, and fails where it has come into trouble. */
  portChanged(port: Port, at: number): void {
    if (isWaitedFor(port)) return;
    for (const task of this.#device.tasks().waiting) {
      if (task.isPaused) continue;
      const isFree = task.request.from.length === 0;
      const due = task.unsent.filter((copy) => copy.isDue && (isFree ? canSend(port) : copy.port === port));
      for (const copy of due) copy.isDue = false;
      this.#giveTurns(task, due, at);
    }
  }

  #giveTurns(task: Task, copies: readonly Copy[], from: number): void {
    for (const [place, copy] of copies.entries())
      this.#device.agenda.add(from + place * task.request.interval, (at) => {
        this.#takeTurn(task, copy, at);
      });
  }

  #takeTurn(task: Task, copy: Copy, at: number): void {
    if (copy.state !== 'unsent') return;
    const isFree = task.request.from.length === 0;
    if (isFree && !canSend(copy.port)) {
      const [first, ...rest] = this.#device.ports.filter(canSend);
      if (first) copy.port = pick([first, ...rest], this.#turn++);
    }
    if (task.isPaused || (!canSend(copy.port) && (isFree || isWaitedFor(copy.port)))) {
      copy.isDue = true;
      return;
    }
    if (canSend(copy.port)) this.#send(task, copy, at);
    else {
      task.failed(copy, at, codeText(5));
      this.#settled(task, at);
    }
    this.#device.tasks().progressed(task);
  }

  /** Sends one SMS, and puts on the agenda what becomes of it. */
  #send(task: Task, copy: Copy, turn: number): void {
    const { agenda, begun, confirmed, replied } = this.#device;
    task.sending(copy);
    const card = this.#device.statistics.of(copy.port.number, copy.slot);
    card.begun(turn);
    const smsc = simAt(copy.port)?.smsc ?? '';
    begun(copy.port, copy.to, turn);
    const { fate, reply } = magicOf(copy.to);
    if (fate.report === 'none') return;
    const due = turn + fate.after;
    if (fate.report === 'no-answer') {
      agenda.add(due, (at) => {
        task.failed(copy, at, codeText(6));
        card.ended(false, at);
        this.#settled(task, at);
      });
      return;
    }
    agenda.add(fate.report === 'sent' ? due : turn + Math.min(SENDING, fate.after), (at) => {
      task.sent(copy, at);
      card.ended(true, at);
      this.#settled(task, at);
    });
    if (task.request.deliveryReports && fate.report !== 'sent') {
      const code = fate.report === 'delivered' ? 0 : NOT_OBTAINABLE;
      agenda.add(due, (at) => {
        confirmed(copy, smsc, code, at);
      });
    }
    if (reply !== undefined) {
      agenda.add(due + 1000, (at) => {
        replied(copy, reply, at);
      });
    }
  }

  /** An SMS of the task was sent, or failed: a report is due after so many, and after the last. */
  #settled(task: Task, at: number): void {
    if (task.isDone || task.news >= task.request.reportCount) this.#device.report(task, at);
  }

  /** A task with several SMS is reported on from time to time, until each of them was sent or failed (6.2.2). */
  #reportPeriodically(task: Task, last: number): void {
    this.#device.agenda.add(last + task.request.reportPeriod * 1000, (at) => {
      if (task.isDone) return;
      this.#device.report(task, at);
      this.#reportPeriodically(task, at);
    });
  }
}

function pick(ports: Ports, index: number): Port {
  return ports[index % ports.length] ?? ports[0];
}
