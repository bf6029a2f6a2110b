/**
 * `goip_send_cmd.html` (section 5). A command stands in the JSON of a POST or, as clients were seen to do it, with its `ports`
 * in the query. `get` and `set` name their parameters in the query; those of a `set` may stand in a body of text as well
 * (seen). An answer of 0 means that the command was taken; what comes of it is the state of the ports.
 */
import type { SimulatedAnswer } from '../server';
import { answerJson, isFields, readQuery, refuse, type Call, type Query } from './call';
import type { TaskCode } from './codes';
import type { Device } from './device-state';
import { SLOTS, type Port } from './lines';
import { parsePorts } from './ports';
import type { Settings } from './settings';

const OK = { code: 0, reason: 'OK' };
/** What is in the query besides the parameters of `get` and `set`. */
const OWN = new Set(['version', 'username', 'password', 'op', 'session', 'seq', 'auth', 'expires']);
const PORT_COMMANDS = new Set(['lock', 'unlock', 'switch', 'reset']);
/** Commands of one `multiple`; the document has no limit. */
const MOST_COMMANDS = 1000;

/** What one command does, and to which ports. */
interface Step {
  readonly op: string;
  readonly places: readonly { readonly port: Port; readonly slot?: number }[];
}

export class Commands {
  readonly #device: Device;
  readonly #settings: Settings;
  readonly #restart: (now: number) => void;

  constructor(device: Device, settings: Settings, restart: (now: number) => void) {
    this.#device = device;
    this.#settings = settings;
    this.#restart = restart;
  }

  answer(call: Call, now: number): SimulatedAnswer {
    const op = call.query.get('op');
    if (op === 'get') return this.#get(call.query);
    if (op === 'set') return this.#set(call, now);
    if (call.method === 'GET') return this.#run(Object.fromEntries(call.query), now);
    if (!isFields(call.body) || call.body.type !== 'command') return refuse(15);
    return this.#run(call.body, now);
  }

  /** 5.1.3. Nothing of a command is done unless all of it can be. */
  #run(command: Readonly<Record<string, unknown>>, now: number): SimulatedAnswer {
    const { op, ports, ops, auto_fail_sim_switch: autoSwitch = '1' } = command;
    if (autoSwitch !== '0' && autoSwitch !== '1' && autoSwitch !== 0 && autoSwitch !== 1) return refuse(15);
    if (op === 'save') {
      this.#settings.save();
      return answerJson(OK);
    }
    if (op === 'reboot') {
      this.#restart(now);
      return answerJson(OK);
    }
    const steps: Step[] = [];
    // `ops` counts with `multiple` alone, and `ports` with the others.
    const list = op === 'multiple' ? ops : [{ op, ports }];
    if (!Array.isArray(list) || list.length === 0 || list.length > MOST_COMMANDS) return refuse(15);
    for (const one of list as readonly unknown[]) {
      const step = this.#read(one);
      if (typeof step === 'number') return refuse(step);
      steps.push(step);
    }
    for (const step of steps) this.#do(step, String(autoSwitch) === '1', now);
    return answerJson(OK);
  }

  /** One command to ports, or the code of what is wrong with it. */
  #read(value: unknown): Step | TaskCode {
    if (!isFields(value) || typeof value.op !== 'string' || !PORT_COMMANDS.has(value.op)) return 15;
    const { op, ports } = value;
    if (typeof ports !== 'string') return 2;
    if (/^\s*(all|\*)\s*$/i.test(ports)) {
      return op === 'switch' ? 2 : { op, places: this.#device.ports.map((port) => ({ port })) };
    }
    const names = parsePorts(ports);
    if (!names || names.length === 0) return 2;
    const places: { port: Port; slot?: number }[] = [];
    for (const { port: number, slot } of names) {
      const port = this.#device.ports[number - 1];
      if (!port || (slot === undefined ? op === 'switch' : slot < 1 || slot > SLOTS)) return 2;
      places.push(slot === undefined ? { port } : { port, slot });
    }
    return { op, places };
  }

  #do({ op, places }: Step, autoSwitch: boolean, now: number): void {
    const { control } = this.#device;
    for (const { port, slot } of places) {
      control.setAutoSwitch(port, autoSwitch);
      if (op === 'lock') control.lock(port, slot, now);
      else if (op === 'unlock') control.unlock(port, slot, now);
      // Of a reset the number of the port alone counts.
      else if (op === 'reset') control.reset(port, now);
      else if (slot !== undefined) control.switch(port, slot, now);
    }
  }

  /** The document leaves the form of the answer open: the parameters stand in it under their own names. */
  #get(query: Query): SimulatedAnswer {
    const found: Record<string, string> = {};
    for (const name of query.keys()) {
      if (OWN.has(name)) continue;
      const value = this.#settings.get(name);
      if (value === undefined) return refuse(15);
      found[name] = value;
    }
    return Object.keys(found).length > 0 ? answerJson({ ...OK, ...found }) : refuse(15);
  }

  /** Answers how many parameters were set (seen). */
  #set({ query, text, body }: Call, now: number): SimulatedAnswer {
    const inBody = text !== undefined && !isFields(body) ? readQuery(text.trim()) : new Map<string, string>();
    const values = [...query, ...inBody].filter(([name]) => !OWN.has(name));
    if (values.length === 0 || !values.every(([name, value]) => this.#settings.accepts(name, value))) return refuse(15);
    for (const [name, value] of values) this.#settings.set(name, value, now);
    return answerJson({ ...OK, par_set: values.length });
  }
}
