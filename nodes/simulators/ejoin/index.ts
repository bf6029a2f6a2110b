/**
 * The simulator of an Ejoin device of 8 ports with 4 slots each: sending (6.3.1), the tasks that wait (6.3.3 to 6.3.6),
 * received SMS (8), status (4), commands (5), statistics (9, 10), all of it inside an encrypted session (3) as well. It is
 * one device with one memory: every login sees the same tasks, SMS and ports.
 *
 * Ports 1 to 5 can send, in the slots A, B, A, D, C; 6 holds no card, 7 has no balance, 8 failed to register.
 * Credentials come in the query (as seen) or in the JSON (as the note of 6.3.1.2 has it).
 *
 * | magic answer | what the device says |
 * | --- | --- |
 * | refuse-recipient | the task: 9 TO expected (no code for a number that it will not call) |
 * | refuse-content | the task: 8 SMS expected (no code for a text that it will not send) |
 * | refuse-balance | the task: 5 SIM Unregistered (no code for a balance; a card without one is of no use) |
 * | busy, busy-twice | the task: 10 Pending Transaction |
 * | refuse-login | the request: code 1 Invalid User |
 * | refuse-ip | the request: code 14 Unauthorized (no code for an address) |
 * | too-many-once, …-500, …-silent, …-reset, …-reset-once, …-broken, …-slow | the HTTP answer to the whole request |
 *
 * | fate | what comes of it |
 * | --- | --- |
 * | delivered | sent; with `dr` a delivery row of code 0 |
 * | undelivered | sent; with `dr` a delivery row of code 67 |
 * | no-answer | failed, cause `6 Timeout` |
 * | sent | sent |
 * | none | on its way for ever |
 *
 * It pushes over HTTP and repeats nothing: status reports (6.3.2) and received SMS (7) to the URLs of its configuration,
 * which is what `pushTo` set or what a request to send named last (`sr_url`, `sms_url` and their limits). Received SMS go in
 * the older form, "SMS to HTTP", until `sms_cnt` is more than 1; the older form has no delivery rows. A subscription
 * (section 4) makes it push its status; `failPort` and `restorePort` change a port.
 *
 * While it starts again after a `reboot`, every connection is reset. What a user of the simulation can make happen by `set`
 * stands in `settings.ts`: states of ports, balances, calls, a full queue.
 *
 * A magic number takes effect in a task that the document does not refuse: a repeated tid is answered 13 whatever the
 * number, so that a send in doubt can be settled.
 */
import { Alarm } from '../alarm';
import { Pusher } from '../pusher';
import { SimulatorServer, type SimulatedAnswer, type SimulatedRequest } from '../server';
import type { Simulator, SimulatorAccount, SimulatorOptions, StartSimulator } from '../simulator';
import { answerJson, parameter, readCall, readQuery, refuse, type Call } from './call';
import { Commands } from './commands';
import { Device } from './device-state';
import { isWebAddress, PostSms } from './post-sms';
import { HANDSHAKE, Sessions, type AuthOrder } from './sessions';
import { Settings } from './settings';
import { callStatistics, smsStatistics } from './statistics-calls';
import { getTasks, pauseTasks, removeTasks, resumeTasks } from './task-calls';

const ACCOUNT: SimulatorAccount = { accountId: '', username: 'demo', password: 'demo-ejoin' };

/** Seconds between two pushes of the status (4.1.2). */
const PERIOD = 60;
const LEAST_PERIOD = 60;

export interface EjoinOptions extends SimulatorOptions {
  /** How a session's later requests show who they come from; without it as the document says. */
  readonly authOrder?: AuthOrder;
  /** Most tasks that wait, 1000 without it; one more is refused with 16. */
  readonly queue?: number;
  /** Milliseconds that a restart takes, 2000 without it. */
  readonly reboot?: number;
}

export interface EjoinSimulator extends Simulator {
  /** The card in use at a port, from 1, loses the network; the port sends nothing any more. */
  failPort(port: number): void;
  /** It finds the network again. */
  restorePort(port: number): void;
}

/** Calls that the document has in version 1.1 alone. A request that names no version is one of them: so the samples are. */
const SINCE_1_1: ReadonlySet<string> = new Set([
  '/goip_send_cmd.html',
  '/goip_pause_sms.html',
  '/goip_resume_sms.html',
  '/goip_remove_sms.html',
  '/goip_get_tasks.html',
]);

/** `username` has logged in. */
type Route = (call: Call, username: string, now: number) => SimulatedAnswer;

export const start = (async (options: EjoinOptions = {}): Promise<EjoinSimulator> => {
  const { port = 0, now = Date.now, authOrder = 'url-seq' } = options;
  const receive: Simulator['receive'] = (sms) => {
    device.receive(sms, now());
  };
  const changePort = (number: number, isFailed: boolean): void => {
    device.advance(now());
    device.changePort(number, isFailed, now());
  };
  const server = await SimulatorServer.start(port, (request) => handle(request), receive);
  const pusher = new Pusher(server);
  const alarm = new Alarm(server, now, () => {
    device.advance(now());
    return device.next;
  });
  const device = new Device(
    {
      push: (push) => {
        pusher.push(push);
      },
      expect: (at) => {
        alarm.set(at);
      },
    },
    options,
  );
  const settings = new Settings(device);
  const sessions = new Sessions(authOrder);
  const commands = new Commands(device, settings, (time) => {
    device.restart(time);
    settings.restart();
    sessions.clear();
  });
  const passwords = new Map([[ACCOUNT.username, ACCOUNT.password]]);
  const postSms = new PostSms(device, (sms) => {
    server.accept(sms);
  });
  const routes = new Map<string, Route>([
    ['/goip_post_sms.html', (call, username, time) => postSms.answer(call, username, time)],
    ['/goip_get_sms.html', (call) => getSms(device, call)],
    ['/goip_get_status.html', (call, _username, time) => getStatus(device, call, time)],
    ['/goip_send_cmd.html', (call, _username, time) => commands.answer(call, time)],
    ['/goip_pause_sms.html', (call) => pauseTasks(device, call)],
    ['/goip_resume_sms.html', (call, _username, time) => resumeTasks(device, call, time)],
    ['/goip_remove_sms.html', (call, _username, time) => removeTasks(device, call, time)],
    ['/goip_get_tasks.html', (call) => getTasks(device, call)],
    ['/goip_get_sms_stat.html', (call, _username, time) => smsStatistics(device, call, time)],
    ['/goip_get_call_stat.html', (call, _username, time) => callStatistics(device, call, time)],
  ]);

  const handle = (request: SimulatedRequest): SimulatedAnswer => {
    const route = routes.get(request.path);
    if (!route && request.path !== HANDSHAKE) return { status: 404 };
    if (request.method !== 'GET' && request.method !== 'POST') return { status: 405 };
    const time = now();
    device.advance(time);
    if (device.isDown(time)) return 'reset';
    const query = readQuery(request.query);
    if (!route) return sessions.handshake(query, passwords, time);
    const entered = query.has('session') ? sessions.enter(query, request.path, time) : undefined;
    if (typeof entered === 'number') return refuse(entered);
    const call = readCall(request, query, entered?.open);
    const username = entered?.username ?? login(call, passwords);
    if (username === undefined) return refuse(1);
    const version = parameter(call, 'version') ?? '1.1';
    if (version !== '1.1' && (version !== '1.0' || SINCE_1_1.has(request.path))) return refuse(15);
    const answer = route(call, username, time);
    // What was resumed or has come free goes out at once.
    device.advance(time);
    return answer;
  };

  return {
    url: server.root,
    account: ACCOUNT,
    accepted: server.accepted,
    requests: server.requests,
    addAccount: ({ username, password }) => {
      passwords.set(username, password);
    },
    // One device has one configuration, whoever logs in.
    pushTo: (_account, url) => {
      device.pushes.setUrl(url);
    },
    receive,
    failPort: (number) => {
      changePort(number, true);
    },
    restorePort: (number) => {
      changePort(number, false);
    },
    close: () => server.close(),
  };
}) satisfies StartSimulator;

/** The user name, where the password is right. */
function login(call: Call, passwords: ReadonlyMap<string, string>): string | undefined {
  const username = parameter(call, 'username');
  const password = parameter(call, 'password');
  if (username === undefined || password === undefined || passwords.get(username) !== password) return undefined;
  return username;
}

/** Section 8: a page of the inbox from a cursor on. */
function getSms(device: Device, call: Call): SimulatedAnswer {
  const id = parameter(call, 'sms_id') ?? '1';
  const most = parameter(call, 'sms_num') ?? '0';
  const remove = parameter(call, 'sms_del') ?? '0';
  if (!/^\d{1,15}$/.test(id) || !/^\d{1,15}$/.test(most) || !/^[01]$/.test(remove)) return refuse(15);
  const { rows, next } = device.inbox.page(Number(id), Number(most), remove === '1');
  const { ssrc } = device.inbox;
  return answerJson({ code: 0, reason: 'OK', ssrc, sms_num: rows.length, next_sms: next, data: rows });
}

/** Section 4: without `url` and `period` the status itself. With one of them it is about what the device pushes. */
function getStatus(device: Device, call: Call, now: number): SimulatedAnswer {
  const url = parameter(call, 'url');
  const period = parameter(call, 'period');
  const allSims = parameter(call, 'all_sims') === '1';
  if (url === undefined && period === undefined) return answerJson(device.status(allSims));
  if (period === '0') {
    device.subscription.end();
    return answerJson({ code: 0, reason: 'OK' });
  }
  const seconds = period === undefined ? PERIOD : /^\d{1,9}$/.test(period) ? Number(period) : 0;
  // Once it was told, the URL may be left out.
  const target = url ?? device.subscription.url;
  if (seconds < LEAST_PERIOD || target === undefined || !isWebAddress(target)) return refuse(15);
  device.subscription.begin({ url: target, period: seconds, allSims }, now);
  return answerJson({ code: 0, reason: 'OK' });
}
