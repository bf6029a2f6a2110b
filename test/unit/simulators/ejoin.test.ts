import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { start } from '../../../nodes/simulators/ejoin';
import { Device } from '../../../nodes/simulators/ejoin/device-state';
import { readTask } from '../../../nodes/simulators/ejoin/task-request';
import type { Simulator } from '../../../nodes/simulators/simulator';

const JSON_TYPE = { 'content-type': 'application/json;charset=utf-8' };
const LOGIN = 'version=1.1&username=demo&password=demo-ejoin';
/** 2026-03-05 06:07:08 UTC, 14:07:08 in Shanghai. */
const START = Date.UTC(2026, 2, 5, 6, 7, 8);

let device: Simulator;
let clock = START;
let nextTid = 1;

const open = async (): Promise<void> => {
  device = await start({ now: () => clock });
};
const post = (path: string, body: string | Buffer, headers: Record<string, string> = JSON_TYPE): Promise<Response> =>
  fetch(`${device.url}${path}`, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
const send = (body: unknown): Promise<Response> => post(`/goip_post_sms.html?${LOGIN}`, JSON.stringify(body));
const get = async (path: string): Promise<unknown> => (await fetch(`${device.url}${path}`)).json();

interface TaskAnswer {
  code: number;
  reason: string;
  type?: string;
  status?: { tid: number; status: string }[];
}
/** Sends tasks and gives what became of each. */
const tasks = async (...list: unknown[]): Promise<string[]> => {
  const response = await send({ type: 'send-sms', task_num: list.length, tasks: list });
  const answer = (await response.json()) as TaskAnswer;
  assert.equal(answer.code, 200);
  assert.equal(answer.type, 'task-status');
  return answer.status!.map(({ status }) => status);
};
/** Sends one task with further parameters. */
const task = async (parameters: Record<string, unknown> = {}): Promise<string> =>
  (await tasks({ tid: nextTid++, to: '13800000001', sms: 'hello', ...parameters }))[0]!;
const whole = async (body: unknown): Promise<TaskAnswer> => (await (await send(body)).json()) as TaskAnswer;

interface SmsAnswer {
  code: number;
  reason: string;
  ssrc: string;
  sms_num: number;
  next_sms: number;
  data: [number, string, number, string, string, string][];
}
const getSms = async (query = ''): Promise<SmsAnswer> =>
  (await get(`/goip_get_sms.html?${LOGIN}${query}`)) as SmsAnswer;
const textOf = (content: string): string => Buffer.from(content, 'base64').toString('utf8').replace(/\0+$/, '');

interface PortStatus {
  port: string;
  st: number;
  bal: string;
  opr: string;
  sn: string;
  imei: string;
  imsi: string;
  iccid: string;
}
interface DevStatus {
  seq: number;
  status: PortStatus[];
}
const status = async (query = ''): Promise<DevStatus> =>
  (await get(`/goip_get_status.html?${LOGIN}${query}`)) as DevStatus;

describe('ejoin simulator', () => {
  before(open);
  after(() => device.close());
  beforeEach(async () => {
    await device.close();
    clock = START;
    nextTid = 1;
    await open();
  });

  describe('sending', () => {
    it('answers the sample of 6.4.3 in the form that was seen', async () => {
      const body = '{"type":"send-sms","task_num":1,\n"tasks":[{"tid":1223,"to":"13686876620","sms":"hello123"}]}';
      const response = await post('/goip_post_sms.html?username=demo&password=demo-ejoin', body);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'application/json;charset=utf-8');
      assert.equal(
        await response.text(),
        '{"code":200,"reason":"OK","type":"task-status","status":[{"tid":1223,"status":"0 OK"}]}',
      );
      assert.deepEqual(device.accepted, [
        {
          at: START,
          to: '13686876620',
          text: 'hello123',
          id: '1223',
          username: 'demo',
          parameters: { port: '1A', index: 0, request: {} },
        },
      ]);
    });

    it('takes credentials from the body, further accounts, and parameter names in any case', async () => {
      device.addAccount({ accountId: '', username: 'ops', password: 'p&w+1' });
      const sms = { type: 'send-sms', task_num: '1', tasks: [{ tid: 1, to: '10010', sms: 'x' }] };
      const inBody = await post('/goip_post_sms.html', JSON.stringify({ username: 'ops', password: 'p&w+1', ...sms }));
      assert.equal(((await inBody.json()) as TaskAnswer).code, 200);
      const query = '?Username=ops&Password=p%26w%2B1';
      const inQuery = await post(
        `/goip_post_sms.html${query}`,
        JSON.stringify({ ...sms, tasks: [{ tid: 2, to: '10010', sms: 'x' }] }),
      );
      assert.equal(((await inQuery.json()) as TaskAnswer).code, 200);
      assert.deepEqual(
        device.accepted.map(({ username }) => username),
        ['ops', 'ops'],
      );
    });

    it('refuses a wrong login with code 1, in every call', async () => {
      for (const query of ['', '?username=demo', '?username=demo&password=x', '?username=Demo&password=demo-ejoin']) {
        for (const call of ['goip_post_sms', 'goip_get_sms', 'goip_get_status']) {
          assert.deepEqual(await get(`/${call}.html${query}`), { code: 1, reason: 'Invalid User' });
        }
      }
    });

    it('refuses what is no send-sms with 15', async () => {
      const one = { tid: 1, to: '10010', sms: 'x' };
      const refused = { code: 15, reason: 'Invalid CMD' };
      const good = { type: 'send-sms', task_num: 1, tasks: [one] };
      for (const body of [
        [],
        null,
        {},
        { ...good, type: 'command' },
        { ...good, tasks: one },
        { ...good, task_num: 2 },
        { ...good, task_num: null },
        { type: 'send-sms', tasks: [one, one] },
        { ...good, task_num: 0, tasks: [] },
        { ...good, sr_cnt: '5' },
        { ...good, sr_prd: -1 },
        { ...good, sms_cnt: 1.5 },
        { ...good, sms_prd: null },
        { ...good, sr_url: 'ftp://host/' },
        { ...good, sms_url: 7 },
      ]) {
        assert.deepEqual(await whole(body), refused, JSON.stringify(body));
      }
      const path = `/goip_post_sms.html?${LOGIN}`;
      const text = JSON.stringify(good);
      assert.deepEqual(await (await post(path, text, { 'content-type': 'text/plain' })).json(), refused);
      assert.deepEqual(await (await post(path, text.slice(0, -1))).json(), refused);
      assert.deepEqual(await (await post(path, Buffer.from(text.replace('x', '\xe9'), 'latin1'))).json(), refused);
      assert.deepEqual(await (await post(path.replace('1.1', '3.0'), text)).json(), refused);
      assert.equal(device.accepted.length, 0);
      assert.equal((await whole({ type: 'send-sms', tasks: [one] })).code, 200, 'task_num is 1 where it is missing');
    });

    it('keeps the parameters of the request and of the task', async () => {
      const settings = {
        sr_url: 'http://192.168.1.10:1880/smswire/a%20b/report',
        sr_cnt: 5,
        sr_prd: 10,
        sms_url: 'http://192.168.1.10:1880/smswire/a%20b/mo',
        sms_cnt: 2,
        sms_prd: 3,
      };
      const parameters = {
        from: '2B',
        chs: 'utf-8',
        coding: 1,
        smstype: 0,
        smsc: '+8613800100500',
        intvl: '100-200',
        tmo: 60,
        sdr: 1,
        fdr: 1,
        dr: 1,
        sr_prd: 0,
        sr_cnt: 0,
      };
      const one = { tid: 2 ** 31 - 1, to: '+8613800000001', sms: '5 > 3 & "é" + 😀\r\n#%', ...parameters };
      const answer = await whole({ type: 'send-sms', task_num: 1, ...settings, tasks: [one] });
      assert.deepEqual(answer.status, [{ tid: 2 ** 31 - 1, status: '0 OK' }]);
      const [sms] = device.accepted;
      assert.equal(sms?.text, one.sms);
      assert.equal(sms.to, '+8613800000001');
      assert.equal(sms.id, '2147483647');
      assert.deepEqual(sms.parameters, { ...parameters, port: '2B', index: 0, request: settings });
    });

    it('reads base64 text', async () => {
      const text = '您好 😀 & +';
      assert.equal(await task({ sms: Buffer.from(text).toString('base64'), chs: 'BASE64' }), '0 OK');
      assert.equal(device.accepted[0]?.text, text);
      assert.equal(await task({ sms: 'not base64', chs: 'base64' }), '8 SMS expected');
      assert.equal(await task({ sms: Buffer.from([0xff, 0xfe]).toString('base64'), chs: 'base64' }), '8 SMS expected');
    });

    it('answers each task by itself and in order', async () => {
      const list = [
        { tid: 1, to: '13800000001', sms: 'one' },
        { tid: 2, sms: 'no to' },
        { to: '13800000001', sms: 'no tid' },
        { tid: 3, to: '13800000003', sms: 'three' },
        { tid: 1, to: '13800000004', sms: 'again' },
        'no task at all',
      ];
      const answer = await whole({ type: 'send-sms', task_num: '6', tasks: list });
      assert.deepEqual(answer.status, [
        { tid: 1, status: '0 OK' },
        { tid: 2, status: '9 TO expected' },
        { tid: 0, status: '11 TID Expected' },
        { tid: 3, status: '0 OK' },
        { tid: 1, status: '13 Duplicated TaskId' },
        { tid: 0, status: '11 TID Expected' },
      ]);
      assert.deepEqual(
        device.accepted.map(({ text }) => text),
        ['one', 'three'],
      );
    });

    it('remembers accepted ids, and only those', async () => {
      assert.deepEqual(await tasks({ tid: 7, to: '10010', sms: '' }), ['8 SMS expected']);
      assert.deepEqual(await tasks({ tid: 7, to: '10010', sms: 'a' }), ['0 OK']);
      clock += 86_400_000;
      assert.deepEqual(await tasks({ tid: 7, to: '10010', sms: 'b' }), ['13 Duplicated TaskId']);
      assert.equal(device.accepted.length, 1);
    });

    it('refuses bad parameters with the code that the document has for them', async () => {
      const cases: [Record<string, unknown>, string][] = [
        [{ tid: undefined }, '11 TID Expected'],
        [{ tid: '12' }, '11 TID Expected'],
        [{ tid: 0 }, '11 TID Expected'],
        [{ tid: 2 ** 31 }, '11 TID Expected'],
        [{ to: undefined }, '9 TO expected'],
        [{ to: ' , ' }, '9 TO expected'],
        [{ to: 13800000001 }, '9 TO expected'],
        [{ to: '13800000001;13800000002' }, '9 TO expected'],
        [{ sms: undefined }, '8 SMS expected'],
        [{ sms: '' }, '8 SMS expected'],
        [{ sms: 5 }, '8 SMS expected'],
        [{ from: ',' }, '12 FROM Expected'],
        [{ from: ['1'] }, '12 FROM Expected'],
        [{ from: '0' }, '2 Invalid Port'],
        [{ from: '9' }, '2 Invalid Port'],
        [{ from: '1,9' }, '2 Invalid Port'],
        [{ from: '1E' }, '2 Invalid Port'],
        [{ from: '1.05' }, '2 Invalid Port'],
        [{ from: '1.00' }, '2 Invalid Port'],
        [{ from: '5-2' }, '2 Invalid Port'],
        [{ from: '1-9999' }, '2 Invalid Port'],
        [{ from: 'all' }, '2 Invalid Port'],
        [{ from: '6' }, '5 SIM Unregistered'],
        [{ from: '7' }, '5 SIM Unregistered'],
        [{ from: '1-8' }, '5 SIM Unregistered'],
        [{ from: '1B' }, '5 SIM Unregistered'],
        [{ chs: 'gbk' }, '15 Invalid CMD'],
        [{ coding: 3 }, '15 Invalid CMD'],
        [{ coding: '1' }, '15 Invalid CMD'],
        [{ smstype: 2 }, '15 Invalid CMD'],
        [{ smsc: 'x' }, '15 Invalid CMD'],
        [{ intvl: '20-10' }, '15 Invalid CMD'],
        [{ intvl: '1.5' }, '15 Invalid CMD'],
        [{ tmo: 0 }, '15 Invalid CMD'],
        [{ sdr: true }, '15 Invalid CMD'],
        [{ fdr: 2 }, '15 Invalid CMD'],
        [{ dr: '1' }, '15 Invalid CMD'],
        [{ sr_prd: -1 }, '15 Invalid CMD'],
        [{ sr_cnt: 'x' }, '15 Invalid CMD'],
      ];
      for (const [parameters, expected] of cases) {
        assert.equal(await task(parameters), expected, JSON.stringify(parameters));
      }
      assert.equal(device.accepted.length, 0);
    });

    it('takes no more than a thousand tasks at once', async () => {
      const list = Array.from({ length: 1001 }, (_, index) => ({ tid: index + 1, to: '10010', sms: 'x' }));
      const answers = await tasks(...list);
      assert.equal(answers[999], '0 OK');
      assert.equal(answers[1000], '16 Too Many Task');
      assert.equal(device.accepted.length, 1000);
    });

    it('takes the GET form', async () => {
      const query = 'username=demo&password=demo-ejoin&tid=5&to=10010,10086&from=2&coding=1&sms=a+b%26%E4%BD%A0';
      assert.deepEqual(await get(`/goip_post_sms.html?${query}`), {
        code: 200,
        reason: 'OK',
        type: 'task-status',
        status: [{ tid: 5, status: '0 OK' }],
      });
      assert.deepEqual(
        device.accepted.map(({ to, text, parameters }) => [to, text, parameters.port, parameters.coding]),
        [
          ['10010', 'a b&你', '2B', 1],
          ['10086', 'a b&你', '2B', 1],
        ],
      );
      assert.deepEqual(await get(`/goip_post_sms.html?${query.replace('5', 'five')}`), {
        code: 200,
        reason: 'OK',
        type: 'task-status',
        status: [{ tid: 0, status: '11 TID Expected' }],
      });
    });
  });

  describe('ports', () => {
    const copies = (): unknown[] => device.accepted.map(({ to, parameters }) => [to, parameters.port]);

    it('sends one recipient from each of several ports, named in any form and each once', async () => {
      assert.equal(await task({ from: '1, 2b,3-4,5.03,1A,3' }), '0 OK');
      assert.deepEqual(copies(), [
        ['13800000001', '1A'],
        ['13800000001', '2B'],
        ['13800000001', '3A'],
        ['13800000001', '4D'],
        ['13800000001', '5C'],
      ]);
      assert.deepEqual(new Set(device.accepted.map(({ id }) => id)), new Set(['1']));
    });

    it('spreads several recipients over several ports', async () => {
      assert.equal(await task({ from: '1,2', to: '101, 102,103,' }), '0 OK');
      assert.deepEqual(copies(), [
        ['101', '1A'],
        ['102', '2B'],
        ['103', '1A'],
      ]);
      assert.deepEqual(
        device.accepted.map(({ parameters }) => parameters.index),
        [0, 1, 2],
      );
    });

    it('chooses among the ports that can send where none is named', async () => {
      assert.equal(await task({ to: '101,102,103' }), '0 OK');
      assert.equal(await task({ to: '104', from: '' }), '0 OK');
      assert.equal(await task({ to: '105' }), '0 OK');
      assert.equal(await task({ to: '106', from: 3 }), '0 OK');
      assert.deepEqual(copies(), [
        ['101', '1A'],
        ['102', '2B'],
        ['103', '3A'],
        ['104', '4D'],
        ['105', '5C'],
        ['106', '3A'],
      ]);
    });
  });

  describe('MMS', () => {
    const file = (bytes: number): string => Buffer.alloc(bytes, 'x').toString('base64');
    const mms = (parameters: Record<string, unknown>): Promise<string> => task({ smstype: 1, sms: '', ...parameters });

    it('takes title and attachments', async () => {
      const attachments = 'txt|zsSxvg==;jpg|4AAQSkZJRgABAgAAZABk';
      assert.equal(await mms({ smstitle: '标题', attachments }), '0 OK');
      assert.deepEqual(device.accepted[0]?.parameters.attachments, [
        { type: 'txt', content: 'zsSxvg==' },
        { type: 'jpg', content: '4AAQSkZJRgABAgAAZABk' },
      ]);
      assert.equal(device.accepted[0].parameters.smstitle, '标题');
      assert.equal(device.accepted[0].text, '');
      assert.equal(await mms({ sms: 'the text is the attachment' }), '0 OK');
    });

    it('keeps the limits', async () => {
      const five = Array.from({ length: 5 }, () => `gif|${file(20_480)}`).join(';');
      assert.equal(await mms({ attachments: five }), '0 OK');
      assert.equal(await mms({ attachments: `${five};mp3|${file(1)}` }), '18 Too Many MMS Attachments');
      assert.equal(await mms({ attachments: `jpg|${file(102_400)}` }), '0 OK');
      assert.equal(await mms({ attachments: `jpg|${file(102_401)}` }), '20 MMS Attachments Cache size Overlimit');
      assert.equal(await mms({}), '19 MMS Attachments expected');
      for (const attachments of ['jpg', 'jpg|', '|zsSxvg==', 'jpg|%%%%', 'exe|zsSxvg==', 'jpg|zsSxvg==;;', 7]) {
        assert.equal(await mms({ attachments }), '19 MMS Attachments expected', String(attachments));
      }
      assert.equal(await mms({ sms: 'x', smstitle: null }), '17 MMS Title expected');
    });

    it('ignores attachments of an ordinary SMS', async () => {
      assert.equal(await task({ attachments: 'nonsense' }), '0 OK');
      assert.deepEqual(device.accepted[0]?.parameters, { port: '1A', index: 0, request: {} });
    });
  });

  describe('magic numbers', () => {
    it('refuses a task', async () => {
      const refused = { '11': '9 TO expected', '12': '8 SMS expected', '13': '5 SIM Unregistered' };
      for (const [number, expected] of Object.entries(refused)) {
        assert.equal(await task({ to: `199000000${number}` }), expected);
        assert.equal(await task({ to: `13800000001,+86199000000${number}` }), expected);
      }
      assert.equal(await task({ to: '19900000014' }), '10 Pending Transaction');
      const twice = [];
      for (let round = 0; round < 3; round++) twice.push(await task({ to: '19900000015' }));
      assert.deepEqual(twice, ['10 Pending Transaction', '10 Pending Transaction', '0 OK']);
      const mixed = await tasks(
        { tid: 91, to: '19900000011', sms: 'x' },
        { tid: 92, to: '13800000001', sms: 'x' },
        { tid: 93, to: '19900000012', sms: 'x' },
        { tid: 91, to: '13800000001', sms: 'a refused task takes no id' },
      );
      assert.deepEqual(mixed, ['9 TO expected', '0 OK', '8 SMS expected', '0 OK']);
      assert.equal(device.accepted.length, 3);
    });

    const one = (to: string): unknown => ({
      type: 'send-sms',
      task_num: 2,
      tasks: [
        { tid: nextTid++, to: '13800000001', sms: 'x' },
        { tid: nextTid++, to, sms: 'x' },
      ],
    });

    it('refuses a request', async () => {
      assert.deepEqual(await whole(one('19900000016')), { code: 1, reason: 'Invalid User' });
      assert.deepEqual(await whole(one('19900000017')), { code: 14, reason: 'Unauthorized' });
      assert.equal((await send(one('19900000025'))).status, 500);
      await assert.rejects(send(one('19900000026')));
      const tooMany = await send(one('19900000028'));
      assert.equal(tooMany.status, 429);
      assert.equal(tooMany.headers.get('retry-after'), '1');
      assert.equal(device.accepted.length, 0);
      assert.equal((await whole(one('19900000028'))).code, 200);
      assert.equal(device.accepted.length, 2);
    });

    it('accepts and answers badly', async () => {
      const body = JSON.stringify(one('19900000021'));
      const silent = fetch(`${device.url}/goip_post_sms.html?${LOGIN}`, {
        method: 'POST',
        headers: JSON_TYPE,
        body,
        signal: AbortSignal.timeout(300),
      });
      await assert.rejects(silent, { name: 'TimeoutError' });
      await assert.rejects(send(one('19900000022')));
      const broken = await (await send(one('19900000023'))).text();
      assert.ok(broken.startsWith('{"code":200'));
      assert.throws(() => JSON.parse(broken) as unknown);
      assert.equal((await send(one('19900000024'))).status, 500);
      assert.equal(device.accepted.length, 8);
      const repeated = await post(`/goip_post_sms.html?${LOGIN}`, body);
      assert.deepEqual(((await repeated.json()) as TaskAnswer).status, [
        { tid: 1, status: '13 Duplicated TaskId' },
        { tid: 2, status: '13 Duplicated TaskId' },
      ]);
    });

    it('answers slowly', async () => {
      const begun = performance.now();
      assert.deepEqual(await tasks({ tid: 1, to: '19900000027', sms: 'x' }), ['0 OK']);
      assert.ok(performance.now() - begun > 2900);
    });
  });

  describe('goip_get_sms', () => {
    it('hands out what came in, from the cursor on', async () => {
      assert.match((await getSms()).ssrc, /^[0-9a-f]{16}$/);
      const { ssrc, ...empty } = await getSms();
      assert.deepEqual(empty, { code: 0, reason: 'OK', sms_num: 0, next_sms: 1, data: [] });
      device.receive({ from: '13911111111', text: '您好 😀' });
      clock += 1500;
      device.receive({ from: '10010', to: '13900000202', text: 'two' });
      device.receive({ from: '10010', to: '1069000', text: '' });
      const all = await getSms();
      assert.equal(all.ssrc, ssrc);
      assert.equal(all.sms_num, 3);
      assert.equal(all.next_sms, 4);
      assert.deepEqual(
        all.data.map((row) => [...row.slice(0, 5), textOf(row[5])]),
        [
          [0, '1A', START / 1000, '13911111111', '13900000101', '您好 😀'],
          [0, '2B', START / 1000 + 1, '10010', '13900000202', 'two'],
          [0, '1A', START / 1000 + 1, '10010', '1069000', ''],
        ],
      );
      const first = await getSms('&sms_id=1&sms_num=2');
      assert.deepEqual([first.sms_num, first.next_sms, first.data], [2, 3, all.data.slice(0, 2)]);
      const second = await getSms('&sms_id=3&sms_num=2&sms_del=1');
      assert.deepEqual([second.sms_num, second.next_sms, second.data], [1, 4, all.data.slice(2)]);
      const rest = await getSms('&sms_id=4');
      assert.deepEqual([rest.sms_num, rest.next_sms], [0, 4]);
      assert.equal((await getSms()).sms_num, 2, 'what was removed is gone, nothing else');
      assert.equal((await getSms('&sms_id=99')).next_sms, 4);
    });

    it('takes POST, and refuses parameters that are no numbers', async () => {
      device.receive({ from: '10010', text: 'a' });
      device.receive({ from: '10010', text: 'b' });
      const body = JSON.stringify({ username: 'demo', password: 'demo-ejoin', sms_id: 2 });
      const answer = (await (await post('/goip_get_sms.html', body)).json()) as SmsAnswer;
      assert.deepEqual(
        answer.data.map((row) => textOf(row[5])),
        ['b'],
      );
      for (const query of ['&sms_id=x', '&sms_num=-1', '&sms_del=2', '&sms_id=']) {
        assert.deepEqual(await getSms(query), { code: 15, reason: 'Invalid CMD' });
      }
    });

    it('leaves NULs behind the text, as the sample of 8.2.3 has them', async () => {
      device.receive({ from: '10010', text: 'ab' });
      assert.equal((await getSms()).data[0]?.[5], 'YWIAAAAA');
    });

    it('reports deliveries of tasks with dr, when they are due', async () => {
      await task({ dr: 1, from: '2', to: '+8613800000001' });
      await task({ dr: 1, to: '19900000001' });
      await task({ dr: 0, to: '13800000002' });
      await task({ to: '13800000003' });
      clock = START + 999;
      assert.equal((await getSms()).sms_num, 0);
      clock = START + 1000;
      const [row, ...none] = (await getSms()).data;
      assert.deepEqual(row, [1, '2B', START / 1000 + 1, '+8613010000500', '+8613800000001', '0 26030514070932']);
      assert.equal(none.length, 0);
      clock = START + 9999;
      assert.equal((await getSms('&sms_id=2')).sms_num, 0);
      clock = START + 60_000;
      const later = await getSms('&sms_id=2');
      assert.deepEqual(
        later.data.map((found) => [found[0], found[2], found[4]]),
        [[1, START / 1000 + 10, '19900000001']],
      );
      assert.equal(later.next_sms, 3);
    });

    it('tells the other fates apart, and passes replies on', async () => {
      await task({ dr: 1, to: '19900000002,19900000003,19900000004,19900000006' });
      await task({ from: '4', to: '19900000005' });
      clock = START + 1000;
      assert.deepEqual(
        (await getSms()).data.map((row) => [row[0], row[4], row[5].split(' ')[0]]),
        [[1, '19900000002', '67']],
      );
      clock = START + 1999;
      assert.equal((await getSms()).sms_num, 1);
      clock = START + 86_400_000;
      const [, reply, ...none] = (await getSms()).data;
      assert.deepEqual(reply?.slice(0, 5), [0, '4D', START / 1000 + 2, '19900000005', '13900000404']);
      assert.equal(textOf(reply[5]), 'YES');
      assert.equal(none.length, 0);
    });

    it('keeps the interval between the SMS of a task', async () => {
      await task({ dr: 1, intvl: '5000-9000', to: '101,102' });
      clock = START + 5999;
      assert.equal((await getSms()).sms_num, 1);
      clock = START + 6000;
      assert.equal((await getSms()).sms_num, 2);
    });

    it('holds a bounded number of SMS', async () => {
      for (let count = 0; count < 20_005; count++) device.receive({ from: '10010', text: 'x' });
      const { sms_num: count, next_sms: next } = await getSms();
      assert.deepEqual([count, next], [20_000, 20_006]);
      assert.equal((await getSms('&sms_id=1&sms_num=1')).next_sms, 7);
    });
  });

  describe('goip_get_status', () => {
    it('gives the status in the form that was seen', async () => {
      const { status: ports, ...head } = await status();
      assert.deepEqual(head, {
        type: 'dev-status',
        seq: 1,
        expires: -1,
        mac: '00-30-f1-01-02-03',
        ip: '127.0.0.1',
        ver: 'simulator',
        'max-ports': 8,
        'max-slot': 4,
      });
      assert.deepEqual(
        ports.map(({ port, st, opr, bal }) => [port, st, opr, bal]),
        [
          ['1.01', 3, '46000 China Mobile', '500.00'],
          ['2.02', 3, '46001 China Unicom', '500.00'],
          ['3.01', 3, '46000 China Mobile', '500.00'],
          ['4.04', 3, '46001 China Unicom', '500.00'],
          ['5.03', 3, '46000 China Mobile', '500.00'],
          ['6.01', 0, '0 ', '0.00'],
          ['7.01', 5, '0 ', '0.00'],
          ['8.01', 6, '0 ', '500.00'],
        ],
      );
      for (const { imei } of ports) assert.match(imei, /^\d{15}$/);
      const { sn, imsi, iccid } = ports[1]!;
      assert.deepEqual([sn, imsi, iccid], ['13900000202', '460010000000202', '89860000000000000202']);
      assert.deepEqual([ports[5]?.sn, ports[5]?.imsi, ports[5]?.iccid], ['', '', '']);
      assert.equal((await status()).seq, 2);
    });

    it('lists every card on request', async () => {
      const { status: ports } = await status('&all_sims=1');
      assert.deepEqual(
        ports.map(({ port, st }) => `${port} ${st}`),
        ['1.01 3', '1.02 1', '2.01 1', '2.02 3', '3.01 3', '4.01 1', '4.04 3', '5.03 3', '7.01 5', '8.01 6', '8.02 1'],
      );
    });

    it('takes the price of each SMS from the port that sent it', async () => {
      await task({ from: '1,2' });
      await task({ from: '1', to: '101,102' });
      assert.equal(await task({ from: '3', sms: '' }), '8 SMS expected');
      const { status: ports } = await status();
      assert.deepEqual(
        ports.slice(0, 3).map(({ bal }) => bal),
        ['499.97', '499.99', '500.00'],
      );
    });

    it('takes a subscription with a URL and a period of a minute at least', async () => {
      const [ok, refused] = [
        { code: 0, reason: 'OK' },
        { code: 15, reason: 'Invalid CMD' },
      ];
      const url = '&url=http%3A%2F%2F127.0.0.1';
      for (const query of ['&period=60', '&url=nothing&period=60', `${url}&period=59`, `${url}&period=x`, '&url='])
        assert.deepEqual(await status(query), refused, query);
      for (const query of [url, `${url}&period=60`, '&period=3600', '&period=0', `${url}&period=0`])
        assert.deepEqual(await status(query), ok, query);
    });
  });

  it('keeps the states that a status report tells', () => {
    const state = new Device();
    const request = readTask({ tid: 1, to: '101,19900000003,19900000004,104', sms: 'x', intvl: '100', from: '2' });
    assert.ok(!('code' in request));
    const ports = state.portsFor(request.from);
    assert.ok(typeof ports !== 'number');
    state.accept(request, ports, START);
    const states = (): string =>
      state.tasks
        .get(1)!
        .copies.map((copy) => copy.state)
        .join(' ');
    assert.equal(states(), 'sending unsent unsent unsent');
    state.advance(START + 250);
    assert.equal(states(), 'sent sending sending unsent');
    state.advance(START + 86_400_000);
    assert.equal(states(), 'sent failed sending sent');
    const [sent, failed] = state.tasks.get(1)!.copies;
    assert.deepEqual([sent?.index, sent?.to, sent?.line, sent?.sentAt], [0, '101', '2B', START + 200]);
    assert.deepEqual([failed?.sentAt, failed?.cause, failed?.operatorCause], [START + 1100, '6 Timeout', '']);
  });

  describe('whatever comes', () => {
    /** No 5xx: a handler that threw would answer 500. */
    const answered = async (response: Promise<Response>): Promise<void> => {
      const { status: code } = await response;
      assert.ok(code < 500, String(code));
    };

    it('survives any bytes and any JSON', async () => {
      const path = `/goip_post_sms.html?${LOGIN}`;
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => answered(post(path, Buffer.from(bytes)))),
        { numRuns: 50 },
      );
      const value = fc.oneof(
        fc.jsonValue(),
        fc.string(),
        fc.integer(),
        fc.constantFrom('1-9999', '1|', 'utf8', '-', '1,2'),
      );
      const names = [
        'tid',
        'from',
        'to',
        'sms',
        'chs',
        'coding',
        'smstype',
        'smstitle',
        'attachments',
        'smsc',
        'intvl',
      ];
      const record = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.oneof(record, fc.jsonValue()), { maxLength: 4 }), async (list) =>
          answered(send({ type: 'send-sms', task_num: list.length, tasks: list })),
        ),
        { numRuns: 100 },
      );
    });

    it('survives any query', async () => {
      const query = fc.stringMatching(/^[%&=+;?/,.\-019azAZ_[\]]*$/);
      const call = fc.constantFrom('goip_post_sms', 'goip_get_sms', 'goip_get_status', 'crypt_sess', '');
      await fc.assert(
        fc.asyncProperty(call, query, fc.boolean(), async (name, text, loggedIn) =>
          answered(fetch(`${device.url}/${name}.html?${loggedIn ? LOGIN : ''}&sms_id=${text}&to=${text}&${text}`)),
        ),
        { numRuns: 100 },
      );
      assert.equal((await fetch(`${device.url}/nothing`)).status, 404);
      assert.equal((await fetch(`${device.url}/goip_get_sms.html`, { method: 'PUT' })).status, 405);
    });

    it('hands on any text exactly', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (text) => {
          const tid = nextTid++;
          assert.deepEqual(await tasks({ tid, to: '101', sms: text }), ['0 OK']);
          assert.equal(device.accepted.at(-1)?.text, text);
          device.receive({ from: '101', text });
          const { data, next_sms: next } = await getSms();
          assert.equal(Buffer.from(data.at(-1)![5], 'base64').toString('utf8'), `${text}\0\0\0\0`);
          assert.equal(next, data.length + 1);
        }),
        { numRuns: 50 },
      );
    });
  });
});
