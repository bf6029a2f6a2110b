/** The state of the simulated device: its ports, and what it has been doing since it was started. */
import { magicOf } from '../magic';
import { Agenda } from './agenda';
import { codeText, type TaskCode } from './codes';
import { deliveryText, encodeText, Inbox } from './inbox';
import { canSend, currentSim, makePorts, SLOTS, type Port } from './lines';
import { letterForm, type PortName } from './ports';
import { devStatus } from './status';
import type { TaskRequest } from './task-request';
import { Copy, Tasks, type Task } from './tasks';

/** What an SMS costs, in hundredths. */
const PRICE = 1;
/** Milliseconds that an SMS is on its way into the network. */
const SENDING = 200;
/** Code of a delivery report for a handset that cannot be reached (TP-Status 0x43). */
const NOT_OBTAINABLE = 67;

/** Ports that share the SMS of a task. */
export type Ports = readonly [Port, ...Port[]];

export class Device {
  /** By number, from 1. They outlive a restart of the device. */
  readonly ports: readonly Port[] = makePorts();
  /** Gone with a restart, and begun anew. */
  readonly tasks = new Tasks();
  readonly inbox = new Inbox();
  readonly #agenda = new Agenda();
  #statusSeq = 0;
  /** Counts the SMS whose port the device chose, to take the ports in turn. */
  #turn = 0;

  /** Brings the device up to `now`, epoch milliseconds. */
  advance(now: number): void {
    this.#agenda.advance(now);
  }

  /** The answer to a status query (4.1.3). */
  status(allSims: boolean): object {
    return devStatus(this.ports, ++this.#statusSeq, -1, allSims);
  }

  /**
   * The ports that a task goes out of: those that it names, each once, or all that can send. A code where one of them
   * does not exist (2) or has no registered card (5). A slot counts as registered while it is the one in use.
   */
  portsFor(names: readonly PortName[]): Ports | TaskCode {
    const found = new Set(names.length > 0 ? [] : this.ports.filter(canSend));
    let unregistered = false;
    for (const { port: number, slot } of names) {
      const port = this.ports[number - 1];
      if (!port || (slot !== undefined && (slot < 1 || slot > SLOTS))) return 2;
      unregistered ||= !canSend(port) || (slot !== undefined && slot !== port.slot);
      found.add(port);
    }
    if (unregistered) return 5;
    const [first, ...rest] = found;
    return first ? [first, ...rest] : 5;
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
    const task: Task = { request, copies };
    this.tasks.add(task);
    for (const [place, copy] of copies.entries()) this.#send(copy, request, now + place * request.interval);
    this.advance(now);
    return task;
  }

  /** An SMS reaches the device: at the port whose card has the number `to`, else at the first that works, if any. */
  receive(sms: { from: string; to?: string; text: string }, now: number): void {
    this.advance(now);
    const working = this.ports.filter(canSend);
    const port = working.find((one) => currentSim(one)?.number === sms.to) ?? working[0];
    if (port) this.#arrive(port, sms, now);
  }

  /** Puts on the agenda what becomes of one SMS, from its turn on. */
  #send(copy: Copy, request: TaskRequest, turn: number): void {
    const sim = currentSim(copy.port);
    if (sim) sim.balance -= PRICE;
    const { fate, reply } = magicOf(copy.to);
    this.#agenda.add(turn, () => {
      copy.state = 'sending';
    });
    if (fate.report === 'none') return;
    const due = turn + fate.after;
    if (fate.report === 'no-answer') {
      this.#agenda.add(due, (at) => {
        copy.failed(at, codeText(6));
      });
      return;
    }
    this.#agenda.add(fate.report === 'sent' ? due : turn + Math.min(SENDING, fate.after), (at) => {
      copy.sent(at);
    });
    if (request.deliveryReports && fate.report !== 'sent') {
      const code = fate.report === 'delivered' ? 0 : NOT_OBTAINABLE;
      this.#agenda.add(due, (at) => {
        this.inbox.add([1, copy.line, seconds(at), sim?.smsc ?? '', copy.to, deliveryText(code, at)]);
      });
    }
    if (reply !== undefined) {
      this.#agenda.add(due + 1000, (at) => {
        this.#arrive(copy.port, { from: copy.to, text: reply }, at);
      });
    }
  }

  #arrive(port: Port, sms: { from: string; to?: string; text: string }, at: number): void {
    const to = sms.to ?? currentSim(port)?.number ?? '';
    this.inbox.add([0, letterForm(port.number, port.slot), seconds(at), sms.from, to, encodeText(sms.text)]);
  }
}

function pick(ports: Ports, index: number): Port {
  return ports[index % ports.length] ?? ports[0];
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
