/** Every command of a device node inside an encrypted session with an ejoin device, in every way there is to encrypt. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { COMMANDS, EjoinNode } from '../support/ejoin-node';
import { hook, PATH } from '../support/webhook';

const HANDSHAKE = 'crypt_sess.json';
const WEBHOOK = { nodes: hook('hook', 'gw'), credentials: { hook: { path: PATH } } };

let node: EjoinNode;

/** What each command gives, and what of the device shows that it was done. */
const DONE: Readonly<Record<string, (payload: unknown) => unknown>> = {
  status: (payload) => {
    assert.equal((payload as { ports: unknown[] }).ports.length, 8);
  },
  subscribe: (payload) => {
    assert.deepEqual(payload, { ok: true });
  },
  unsubscribe: (payload) => {
    assert.deepEqual(payload, { ok: true });
  },
  lock: () => shows('1.01 12'),
  unlock: () => shows('1.01 3'),
  switch: () => shows('1.02 3'),
  reset: () => shows('1.02 2', 300),
  save: (payload) => {
    assert.deepEqual(payload, { ok: true });
  },
  multiple: () => shows('1.02 3'),
  get: (payload) => {
    assert.deepEqual(payload, { params: { sms_url: '' } });
  },
  set: async (payload) => {
    assert.deepEqual(payload, { ok: true, parSet: 1 });
    assert.match(JSON.stringify(await node.device.get('send_cmd', '&op=get&simulate_queue=')), /"simulate_queue":"5"/);
  },
  'sms-stats': rowsOf,
  'call-stats': rowsOf,
  tasks: (payload) => {
    assert.deepEqual(payload, { total: 0, tasks: [] });
  },
  pause: () => paused(true),
  resume: () => paused(false),
  remove: () => paused(undefined),
  reboot: async () => {
    node.pass(4000);
    assert.deepEqual(await node.device.get('get_tasks', '&port=4&pos=0'), {
      ...{ code: 200, reason: 'OK', total_num: 0, task_num: 0, tasks: [] },
    });
  },
};

async function shows(state: string, after = 2000): Promise<void> {
  node.pass(after);
  assert.deepEqual(await node.device.states(1), [state]);
}

function rowsOf(payload: unknown): void {
  assert.equal((payload as { rows: unknown[] }).rows.length, 8);
}

/** Whether the task that waits at port 4 is paused; it is gone where there is no state. */
async function paused(state: boolean | undefined): Promise<void> {
  const { tasks } = (await node.device.get('get_tasks', '&port=4&pos=0')) as {
    tasks: { tid: number; state: number }[];
  };
  assert.deepEqual(
    tasks.map(({ tid, state: one }) => [tid, one]),
    state === undefined ? [] : [[7, state ? 1 : 0]],
  );
}

async function taskWaits(): Promise<void> {
  await node.device.command('lock', '4');
  assert.deepEqual(await node.device.send({ tid: 7, to: '13800000001', sms: 'waits', from: '4' }), ['0 OK']);
}

describe('a device node in a session', () => {
  afterEach(async () => {
    await node.close();
  });

  for (const crypt of ['none', 'xor', 'rc4', 'aes-ecb']) {
    for (const device of ['url-seq', 'seq-url'] as const) {
      for (const authOrder of ['auto', device]) {
        it(`gives every command: ${crypt}, a device that wants ${device}, asked ${authOrder}`, async () => {
          node = await EjoinNode.start({
            ...{ simulator: { authOrder: device }, options: { crypt, authOrder } },
            ...{ ...WEBHOOK, gateway: { publicUrl: 'http://192.0.2.1' } },
          });
          await taskWaits();
          const posts: string[] = [];
          const seen = await node.seen(async () => {
            for (const payload of COMMANDS) {
              let result: unknown;
              const requests = await node.seen(async () => {
                result = (await node.answer(payload)).payload;
              });
              for (const { call, query, method, body } of requests) {
                if (call === HANDSHAKE) continue;
                assert.ok('session' in query && 'seq' in query && 'auth' in query, payload.command);
                if (method === 'POST') posts.push(body);
              }
              await DONE[payload.command]?.(result);
              // What was done is taken back for the commands that come.
              if (payload.command === 'multiple') await node.device.command('unlock', '1');
            }
          });
          assert.deepEqual(new Set(Object.keys(DONE)), new Set(COMMANDS.map(({ command }) => command)));
          assert.equal(
            posts.some((body) => body.includes('"type":"command"')),
            crypt === 'none',
          );
          const sessions = seen.filter(({ call }) => call === HANDSHAKE).length;
          // One more where the first order is not the device's.
          assert.equal(sessions, authOrder === 'auto' && device === 'seq-url' ? 2 : 1);
          // A device that has started again knows no session any more.
          const again = await node.seen(() => node.run('status'));
          assert.deepEqual(
            again.map(({ call }) => call),
            ['goip_get_status.html', HANDSHAKE, 'goip_get_status.html'],
          );
        });
      }
    }
  }

  it('is refused for certain where the login is wrong, or the order that it is told', async () => {
    const login = { username: 'demo', password: 'wrong' };
    for (const setup of [{ login }, { simulator: { authOrder: 'seq-url' as const } }]) {
      node = await EjoinNode.start({ ...setup, options: { crypt: 'aes-ecb', authOrder: 'url-seq' } });
      for (const payload of COMMANDS) {
        if (payload.command === 'subscribe') continue;
        const { code, vendorCode } = await node.refusal(payload);
        assert.deepEqual([code, vendorCode], ['auth-failed', '1'], payload.command);
      }
      node.pass(2000);
      assert.deepEqual(await node.device.states(1), ['1.01 3']);
      if ('login' in setup) await node.close();
    }
  });
});
