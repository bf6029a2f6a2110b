/** The state of the simulated device: its ports, and what it has been doing since it was started. */
import { Conversations } from '../conversations';
import type { Push } from '../pusher';
import { Agenda } from './agenda';
import type { TaskCode } from './codes';
import { deliveryText, encodeText, Inbox, timeStamp, type SmsRow } from './inbox';
import { canSend, isLocked, isWaitedFor, makePorts, REGISTRATION_FAILED, simAt, SLOTS, type Port } from './lines';
import { PortControl } from './port-control';
import { letterForm, type PortName } from './ports';
import { Pushes } from './pushes';
import { Sending, type Ports } from './sending';
import { Statistics } from './statistics';
import { devStatus } from './status';
import { Subscription } from './subscription';
import type { TaskRequest } from './task-request';
import { Tasks, type Copy, type Task } from './tasks';

/** Tasks that wait at most, and milliseconds that a restart takes, where nothing else is said. */
const QUEUE = 1000;
const REBOOT = 2000;

/** What the device does by itself. */
interface Effects {
  readonly push: (push: Push) => void;
  /** Something happens at a time, epoch milliseconds. */
  readonly expect: (at: number) => void;
}

/** How the device is made; it can be changed while it runs. */
interface Make {
  /** Most tasks that wait; 0 = the queue is always full. */
  readonly queue?: number;
  /** Milliseconds that a restart takes. */
  readonly reboot?: number;
}

export class Device {
  /** By number, from 1. They outlive a restart of the device. */
  readonly ports: readonly Port[] = makePorts();
  readonly statistics = new Statistics();
  readonly pushes: Pushes;
  readonly subscription: Subscription;
  readonly control: PortControl;
  readonly sending: Sending;
  queue: number;
  reboot: number;
  /** Gone with a restart, and begun anew. */
  #tasks = new Tasks();
  #inbox = new Inbox();
  #statusSeq = 0;
  /** When the restart is over, epoch milliseconds. */
  #up = Number.NEGATIVE_INFINITY;
  readonly #agenda: Agenda;
  readonly #conversations = new Conversations<Port>();

  constructor(
    effects: Effects = { push: () => undefined, expect: () => undefined },
    { queue = QUEUE, reboot = REBOOT }: Make = {},
  ) {
    this.queue = queue;
    this.reboot = reboot;
    this.#agenda = new Agenda(effects.expect);
    this.pushes = new Pushes(this.#agenda, effects.push);
    this.subscription = new Subscription(this.#agenda, effects.push, ({ period, allSims }) =>
      devStatus(this.ports, ++this.#statusSeq, period, allSims),
    );
    const goOn = (port: Port, at: number): void => {
      this.sending.portChanged(port, at);
    };
    const changed = (port: Port, at: number): void => {
      this.subscription.portChanged(port);
      goOn(port, at);
    };
    this.control = new PortControl(this.#agenda, changed, goOn);
    this.sending = new Sending({
      ports: this.ports,
      agenda: this.#agenda,
      statistics: this.statistics,
      tasks: () => this.#tasks,
      begun: (port, to, at) => {
        this.#conversations.wrote(port, to);
        this.control.charge(port, at);
      },
      report: (task, at) => {
        if (this.pushes.wantsReports) this.pushes.report(task.report(), at);
      },
      confirmed: (copy, smsc, code, at) => {
        this.#confirm(copy, smsc, code, at);
      },
      replied: (copy, text, at) => {
        this.#arrive(copy.port, { from: copy.to, text }, at);
      },
    });
  }

  get tasks(): Tasks {
    return this.#tasks;
  }

  get inbox(): Inbox {
    return this.#inbox;
  }

  /** When something happens by itself next, epoch milliseconds; infinitely late where nothing does. */
  get next(): number {
    return this.#agenda.next;
  }

  /** Brings the device up to `now`, epoch milliseconds. */
  advance(now: number): void {
    this.#agenda.advance(now);
  }

  /** Whether it is starting, and nobody can reach it. */
  isDown(now: number): boolean {
    return now < this.#up;
  }

  /**
   * Starts it again (5.1.3): tasks, their ids and the inbox are gone, what was not saved is forgotten, and a while later
   * its ports register.
   */
  restart(now: number): void {
    this.#up = now + this.reboot;
    this.#agenda.clear();
    this.#tasks = new Tasks();
    this.#inbox = new Inbox();
    this.#statusSeq = 0;
    this.statistics.restart();
    this.pushes.restart();
    this.subscription.restart(this.#up);
    this.control.restart(this.ports, this.#up);
  }

  /** The answer to a status query (4.1.3). */
  status(allSims: boolean): object {
    return devStatus(this.ports, ++this.#statusSeq, -1, allSims);
  }

  /**
   * The ports that a task goes out of: those that it names, each once, or all that can send. A code where one of them
   * does not exist (2) or has no registered card (5); a locked one will do, and lets it wait. A slot counts as registered
   * while it is the one in use.
   */
  portsFor(names: readonly PortName[]): Ports | TaskCode {
    const found = new Set(names.length > 0 ? [] : this.ports.filter(canSend));
    let unregistered = false;
    for (const { port: number, slot } of names) {
      const port = this.ports[number - 1];
      if (!port || (slot !== undefined && (slot < 1 || slot > SLOTS))) return 2;
      const isUsable = canSend(port) || (isLocked(port) && isWaitedFor(port));
      unregistered ||= !isUsable || (slot !== undefined && slot !== port.slot);
      found.add(port);
    }
    if (unregistered) return 5;
    const [first, ...rest] = found;
    return first ? [first, ...rest] : 5;
  }

  /** Takes a task that passed every check. */
  accept(request: TaskRequest, ports: Ports, now: number): Task {
    const task = this.sending.accept(request, ports, now);
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
    const named = working.find((one) => simAt(one)?.number === sms.to);
    const port = named ?? working.find((one) => one === last) ?? working[0];
    if (port) this.#arrive(port, sms, now);
  }

  /** The card of a port loses the network, with `isFailed`, or finds it again. */
  changePort(number: number, isFailed: boolean, now: number): void {
    const port = this.ports[number - 1];
    if (port) this.control.setTrouble(port, isFailed ? REGISTRATION_FAILED : undefined, now);
  }

  /** A call goes out of a port; `seconds` = how long it is connected, 0 = not at all. Only ports that work call. */
  call(number: number, seconds: number, now: number): void {
    const port = this.ports[number - 1];
    if (!port || !canSend(port)) return;
    this.statistics.of(port.number, port.slot).called(seconds, now);
    this.control.call(port, seconds * 1000, now);
  }

  #confirm(copy: Copy, smsc: string, code: number, at: number): void {
    const row: SmsRow = [1, copy.line, seconds(at), smsc, copy.to, deliveryText(code, at)];
    this.#inbox.add(row);
    this.pushes.deliveryRow(row, at);
  }

  #arrive(port: Port, { from, to: number, text }: { from: string; to?: string; text: string }, at: number): void {
    const sim = simAt(port);
    const to = number ?? sim?.number ?? '';
    const line = letterForm(port.number, port.slot);
    const row: SmsRow = [0, line, seconds(at), from, to, encodeText(text)];
    this.statistics.of(port.number, port.slot).received(at);
    this.#inbox.add(row);
    const { smsc = '', iccid = '' } = sim ?? {};
    this.pushes.received({ port: line, from, to, smsc, iccid, scts: timeStamp(at), text }, row, at);
  }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
