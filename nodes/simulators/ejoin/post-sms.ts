/** `goip_post_sms.html` (6.3.1): one or more tasks, each answered by itself. */
import { FirstTimes, magicOf } from '../magic';
import type { SimulatedAnswer } from '../server';
import type { AcceptedSms } from '../simulator';
import { answerJson, isFields, refuse, type Call, type Fields } from './call';
import { codeText, type TaskCode } from './codes';
import type { Device } from './device-state';
import type { Ports } from './sending';
import { readTask, type TaskRequest } from './task-request';

const INTEGERS = ['sr_cnt', 'sr_prd', 'sms_cnt', 'sms_prd'] as const;
const URLS = ['sr_url', 'sms_url'] as const;
/** Parameters of a task that are integers: those of a GET come as text. */
const TASK_INTEGERS = ['tid', 'coding', 'smstype', 'tmo', 'sdr', 'fdr', 'dr', 'sr_prd', 'sr_cnt'];

type MagicAnswer = ReturnType<FirstTimes['answerTo']>;
type Verdict =
  { readonly tid: number; readonly code: TaskCode } | { readonly task: TaskRequest; readonly ports: Ports };

/** What a magic number makes of its own task alone. */
const REFUSED_TASK: Partial<Record<MagicAnswer | 'refuse-recipient', TaskCode>> = {
  'refuse-recipient': 9,
  'refuse-content': 8,
  'refuse-balance': 5,
  busy: 10,
};

/** What a magic number makes of a request of which nothing is accepted. */
const REFUSED_REQUEST: Partial<Record<MagicAnswer, SimulatedAnswer>> = {
  'refuse-login': refuse(1),
  'refuse-ip': refuse(14),
  'refuse-500': { status: 500 },
  'refuse-reset': 'reset',
  'too-many': { status: 429, headers: { 'retry-after': '1' } },
};

export class PostSms {
  readonly #device: Device;
  readonly #accepted: (sms: AcceptedSms) => void;
  readonly #firstTimes = new FirstTimes();

  constructor(device: Device, accepted: (sms: AcceptedSms) => void) {
    this.#device = device;
    this.#accepted = accepted;
  }

  answer(call: Call, username: string, now: number): SimulatedAnswer {
    const request = call.method === 'GET' ? requestOfQuery(call) : readRequest(call.body);
    if (!request) return refuse(15);
    let magic: MagicAnswer = 'accept';
    const tids = new Set<number>();
    const verdicts = request.tasks.map((value): Verdict => {
      const verdict = this.#judge(value, tids);
      if (!('task' in verdict)) return verdict;
      const { tid, to } = verdict.task;
      const refused = to.find((number) => magicOf(number).answer === 'refuse-recipient');
      const answer = refused === undefined ? this.#firstTimes.answerTo(to) : 'refuse-recipient';
      const code = REFUSED_TASK[answer];
      if (code !== undefined) return { tid, code };
      if (magic === 'accept' && answer !== 'refuse-recipient') magic = answer;
      tids.add(tid);
      return verdict;
    });
    const refusal = REFUSED_REQUEST[magic];
    if (refusal !== undefined) return refusal;
    this.#device.pushes.configure(request.settings);
    const status = verdicts.map((verdict) => {
      if (!('task' in verdict)) return { tid: verdict.tid, status: codeText(verdict.code) };
      this.#accept(verdict.task, verdict.ports, request.settings, username, now);
      return { tid: verdict.task.tid, status: codeText(0) };
    });
    return spoil(answerJson({ code: 200, reason: 'OK', type: 'task-status', status }), magic);
  }

  /**
   * What the document makes of a task. Ids of good tasks before it in the same request, `tids`, count as taken, and their
   * tasks as waiting: the document has a code for too many, but no number.
   */
  #judge(value: unknown, tids: ReadonlySet<number>): Verdict {
    const task = readTask(value);
    if ('code' in task && task.code === 11) return task;
    const { tid } = task;
    if (this.#device.tasks.knows(tid) || tids.has(tid)) return { tid, code: 13 };
    if (tids.size >= this.#device.queue - this.#device.tasks.countWaiting) return { tid, code: 16 };
    if ('code' in task) return task;
    const ports = this.#device.portsFor(task.from);
    return typeof ports === 'number' ? { tid, code: ports } : { task, ports };
  }

  #accept(request: TaskRequest, ports: Ports, settings: Fields, username: string, at: number): void {
    const { tid, text, given } = request;
    for (const { to, index, line } of this.#device.accept(request, ports, at).copies) {
      const parameters = { ...given, port: line, index, request: settings };
      this.#accepted({ at, to, text, id: String(tid), username, parameters });
    }
  }
}

interface SendRequest {
  readonly tasks: readonly unknown[];
  /** The parameters of the request as a whole, those that were given. */
  readonly settings: Fields;
}

/** The JSON of the document; `undefined` where it is none. */
function readRequest(body: unknown): SendRequest | undefined {
  if (!isFields(body) || body.type !== 'send-sms') return undefined;
  const { tasks, task_num: count = 1 } = body;
  if (!Array.isArray(tasks) || (typeof count !== 'number' && typeof count !== 'string')) return undefined;
  if (String(count) !== String(tasks.length) || tasks.length === 0) return undefined;
  const settings: Record<string, unknown> = {};
  for (const name of INTEGERS) {
    if (body[name] === undefined) continue;
    if (!Number.isSafeInteger(body[name]) || Number(body[name]) < 0) return undefined;
    settings[name] = body[name];
  }
  for (const name of URLS) {
    const url = body[name];
    if (url === undefined) continue;
    if (typeof url !== 'string' || !(url === '' || isWebAddress(url))) return undefined;
    settings[name] = url;
  }
  return { tasks, settings };
}

export function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

/** A GET holds one task in its query, under the names of the JSON. The older document with its own names is not here. */
function requestOfQuery(call: Call): SendRequest {
  const task = Object.fromEntries<unknown>(call.query);
  for (const name of TASK_INTEGERS) {
    const text = call.query.get(name) ?? '';
    if (/^-?\d{1,15}$/.test(text)) task[name] = Number(text);
  }
  return { tasks: [task], settings: {} };
}

/** What a magic number makes of the answer to a request that was accepted. */
function spoil(answer: SimulatedAnswer & object, magic: MagicAnswer): SimulatedAnswer {
  switch (magic) {
    case 'accept-silent':
      return 'silent';
    case 'accept-reset':
      return 'reset';
    case 'accept-broken':
      return { ...answer, body: answer.body?.slice(0, answer.body.length / 2) };
    case 'accept-500':
      return { status: 500 };
    case 'accept-slow':
      return { ...answer, after: 3000 };
    default:
      return answer;
  }
}
