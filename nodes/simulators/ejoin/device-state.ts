/** The state of the simulated device: its ports, and what it has been doing since it was started. */
import { Conversations } from '../conversations';
import { magicOf } from '../magic';
import type { Push } from '../pusher';
import { Agenda } from './agenda';
import { codeText, type TaskCode } from './codes';
import { deliveryText, encodeText, Inbox, timeStamp, type SmsRow } from './inbox';
import { canSend, currentSim, makePorts, REGISTERED, REGISTRATION_FAILED, SLOTS, type Port } from './lines';
import { letterForm, type PortName } from './ports';
import { Pushes } from './pushes';
import { devStatus } from './status';
import { Subscription } from './subscription';
import type { TaskRequest } from './task-request';
import { Copy, Task, Tasks } from './tasks';

/** What an SMS costs, in hundredths. */
const PRICE = 1;
/** Milliseconds that an SMS is on its way into the network. */
const SENDING = 200;
/** Code of a delivery report for a handset that cannot be reached (TP-Status 0x43). */
const NOT_OBTAINABLE = 67;

/** Ports that share the SMS of a task. */
export type Ports = readonly [Port, ...Port[]];

/** What the device does by itself. */
interface Effects {
  readonly push: (push: Push) => void;
  /** Something happens at a time, epoch milliseconds. */
  readonly expect: (at: number) => void;
}

export class Device {
  /** By number, from 1. They outlive a restart of the device. */
  readonly ports: readonly Port[] = makePorts();
  /** Gone with a restart, and begun anew. */
  readonly tasks = new Tasks();
  readonly inbox = new Inbox();
  readonly pushes: Pushes;
  readonly subscription: Subscription;
  readonly #agenda: Agenda;
  readonly #conversations = new Conversations<Port>();
  #statusSeq = 0;
  /** Counts the SMS whose port the device chose, to take the ports in turn. */
  #turn = 0;

  constructor(effects: Effects = { push: () => undefined, expect: () => undefined }) {
    this.#agenda = new Agenda(effects.expect);
    this.pushes = new Pushes(this.#agenda, effects.push);
    this.subscription = new Subscription(this.#agenda, effects.push, ({ period, allSims }) =>
      devStatus(this.ports, ++this.#statusSeq, period, allSims),
    );
  }

  /** When something happens by itself next, epoch milliseconds; infinitely late where nothing does. */
  get next(): number {
    return this.#agenda.next;
  }

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
    const task = new Task(request, copies);
    this.tasks.add(task);
    for (const [place, copy] of copies.entries()) this.#send(task, copy, now + place * request.interval);
    if (copies.length > 1 && request.reportPeriod > 0) this.#reportPeriodically(task, now);
    this.advance(now);
    return task;
  }

  /**
   * An SMS reaches the device: at the port whose card has the number `to`, else at the port that wrote to the sender last,
   * else at the first. Only ports that work receive anything.
   */
  receive(sms: { from: string; to?: string; text: string }, now: number): void {
    this.advance(now);
    const working = this.ports.filter(canSend);
    const last = this.#conversations.of(sms.from);
    const named = working.find((one) => currentSim(one)?.number === sms.to);
    const port = named ?? working.find((one) => one === last) ?? working[0];
    if (port) this.#arrive(port, sms, now);
  }

  /** The card of a port loses the network, with `isFailed`, or finds it again. */
  changePort(number: number, isFailed: boolean): void {
    const port = this.ports[number - 1];
    if (!port || !currentSim(port)) return;
    const state = isFailed ? REGISTRATION_FAILED : REGISTERED;
    if (port.state === state) return;
    port.state = state;
    this.subscription.portChanged(port);
  }

  /** Puts on the agenda what becomes of one SMS, from its turn on. */
  #send(task: Task, copy: Copy, turn: number): void {
    const sim = currentSim(copy.port);
    if (sim) sim.balance -= PRICE;
    this.#conversations.wrote(copy.port, copy.to);
    const { fate, reply } = magicOf(copy.to);
    this.#agenda.add(turn, () => {
      task.sending(copy);
    });
    if (fate.report === 'none') return;
    const due = turn + fate.after;
    if (fate.report === 'no-answer') {
      this.#agenda.add(due, (at) => {
        task.failed(copy, at, codeText(6));
        this.#settled(task, at);
      });
      return;
    }
    this.#agenda.add(fate.report === 'sent' ? due : turn + Math.min(SENDING, fate.after), (at) => {
      task.sent(copy, at);
      this.#settled(task, at);
    });
    if (task.request.deliveryReports && fate.report !== 'sent') {
      const code = fate.report === 'delivered' ? 0 : NOT_OBTAINABLE;
      this.#agenda.add(due, (at) => {
        const row: SmsRow = [1, copy.line, seconds(at), sim?.smsc ?? '', copy.to, deliveryText(code, at)];
        this.inbox.add(row);
        this.pushes.deliveryRow(row, at);
      });
    }
    if (reply !== undefined) {
      this.#agenda.add(due + 1000, (at) => {
        this.#arrive(copy.port, { from: copy.to, text: reply }, at);
      });
    }
  }

  /** An SMS of the task was sent, or failed: a report is due after so many, and after the last. */
  #settled(task: Task, at: number): void {
    if (task.isDone || task.news >= task.request.reportCount) this.#report(task, at);
  }

  /** A task with several SMS is reported on from time to time, until each of them was sent or failed (6.2.2). */
  #reportPeriodically(task: Task, last: number): void {
    this.#agenda.add(last + task.request.reportPeriod * 1000, (at) => {
      if (task.isDone) return;
      this.#report(task, at);
      this.#reportPeriodically(task, at);
    });
  }

  #report(task: Task, at: number): void {
    if (this.pushes.wantsReports) this.pushes.report(task.report(), at);
  }

  #arrive(port: Port, { from, to: number, text }: { from: string; to?: string; text: string }, at: number): void {
    const sim = currentSim(port);
    const to = number ?? sim?.number ?? '';
    const line = letterForm(port.number, port.slot);
    const row: SmsRow = [0, line, seconds(at), from, to, encodeText(text)];
    this.inbox.add(row);
    const { smsc = '', iccid = '' } = sim ?? {};
    this.pushes.received({ port: line, from, to, smsc, iccid, scts: timeStamp(at), text }, row, at);
  }
}

function pick(ports: Ports, index: number): Port {
  return ports[index % ports.length] ?? ports[0];
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
