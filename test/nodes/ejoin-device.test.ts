/** The commands and the encrypted session of an ejoin device: the driver against the simulator, over real HTTP. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { convertOptions } from '../../nodes/core/option';
import { SmsError } from '../../nodes/core/failure';
import { start } from '../../nodes/simulators/ejoin';
import type { PortStatus } from '../../nodes/core/port-status';
import { connect, type Connected } from '../support/vendor';

const CALLS = 100;

/** Runs a command as a node does: arguments are converted by the command's spec. */
function run(
  { driver, account }: Connected,
  command: string,
  ports = '',
  args: Record<string, unknown> = {},
): Promise<unknown> {
  const spec = driver.commands?.find(({ name }) => name === command);
  if (!spec || !account.run) throw new Error(`no command ${command}`);
  const request = { ports, args: convertOptions(spec.args, args, 'command') };
  return account.run(command, request).then(({ payload }) => payload);
}

async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 8000; !(await check());) {
    assert.ok(Date.now() < end, 'it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('an ejoin device in an encrypted session', () => {
  for (const crypt of ['none', 'xor', 'rc4', 'aes-ecb'] as const) {
    for (const authOrder of ['url-seq', 'seq-url'] as const) {
      it(`takes ${CALLS} sends at once, in order, and every other call: ${crypt}, ${authOrder}`, async (context) => {
        const simulator = await start({ authOrder });
        const device = connect('ejoin', simulator, { crypt }, 20_000);
        context.after(async () => {
          await device.close();
          await simulator.close();
        });
        const { account, options } = device;
        const answers = await Promise.all(
          Array.from({ length: CALLS }, (_, index) =>
            account.send({ items: [{ text: `密文 ${index} & 🔒`, to: ['13800000001'] }], options, wantReports: true }),
          ),
        );
        assert.deepEqual(new Set(answers.map(({ results }) => results[0]?.state)), new Set(['accepted']));
        assert.deepEqual(
          simulator.accepted.map(({ text }) => text),
          Array.from({ length: CALLS }, (_, index) => `密文 ${index} & 🔒`),
        );
        const [source] = account.sources ?? [];
        assert.ok(source && !('code' in source.read(await source.fetch({}), {})));
        assert.equal(((await run(device, 'status')) as { ports: unknown[] }).ports.length, 8);

        const sequence = simulator.requests
          .map(({ url }) => new URL(url, simulator.url))
          .filter(({ pathname }) => pathname !== '/crypt_sess.json');
        for (const { searchParams } of sequence) {
          assert.ok(!searchParams.has('username') && !searchParams.has('password'));
          assert.ok(searchParams.has('session') && searchParams.has('auth'));
        }
        const bodies = simulator.requests.filter(
          ({ method, url }) => method === 'POST' && url.startsWith('/goip_post'),
        );
        assert.equal(
          bodies.some(({ body }) => body.includes('密文')),
          crypt === 'none',
        );
      });
    }
  }

  it('is refused for certain where the password is wrong', async (context) => {
    const simulator = await start();
    const device = connect(
      'ejoin',
      { ...simulator, url: simulator.url, account: { ...simulator.account, password: 'wrong' } },
      { crypt: 'aes-ecb' },
    );
    context.after(async () => {
      await device.close();
      await simulator.close();
    });
    await assert.rejects(
      device.account.send({ items: [{ text: 'x', to: ['13800000001'] }], options: device.options, wantReports: false }),
      (error: unknown) => error instanceof SmsError && error.code === 'auth-failed',
    );
    assert.equal(simulator.accepted.length, 0);
  });
});

describe('commands to an ejoin device', () => {
  let simulator: Awaited<ReturnType<typeof start>>;
  let device: Connected;
  before(async () => {
    simulator = await start();
    device = connect('ejoin', simulator);
  });
  after(async () => {
    await device.close();
    await simulator.close();
  });

  const port = async (number: number): Promise<PortStatus | undefined> => {
    const { ports } = (await run(device, 'status')) as { ports: PortStatus[] };
    return ports.find((each) => each.port === number);
  };

  it('lock and unlock a port, which its status shows after a moment', async () => {
    assert.equal((await port(1))?.state, 'registered');
    assert.deepEqual(await run(device, 'lock', '1'), { ok: true });
    await eventually(async () => (await port(1))?.state === 'locked-by-user');
    assert.deepEqual(await run(device, 'unlock', '1'), { ok: true });
    await eventually(async () => (await port(1))?.registered === true);
  });

  it('switch to a card, and refuse a bare port before anything is sent', async () => {
    assert.deepEqual(await run(device, 'switch', '1B'), { ok: true });
    await eventually(async () => (await port(1))?.slot === 2);
    const asked = simulator.requests.length;
    for (const [command, ports] of [
      ['switch', '1'],
      ['lock', ''],
      ['lock', '8-2'],
    ] as const) {
      await assert.rejects(
        run(device, command, ports),
        (error: unknown) => error instanceof SmsError && error.code === 'invalid-message',
      );
    }
    assert.equal(simulator.requests.length, asked);
  });

  it('list, pause, resume and remove what waits', async () => {
    await run(device, 'lock', '5');
    const { account, options } = device;
    const answer = await account.send({
      items: [{ text: 'waits 你好', to: ['13800000005'] }],
      options: { ...options, from: '5' },
      wantReports: false,
    });
    const [result] = answer.results;
    assert.ok(result?.state === 'accepted', JSON.stringify(answer));
    const list = (await run(device, 'tasks', '', { port: 5, pos: 0, content: true })) as {
      tasks: { id: string; text: string }[];
    };
    assert.deepEqual(
      list.tasks.map(({ id, text }) => [id, text]),
      [[result.id, 'waits 你好']],
    );
    for (const command of ['pause', 'resume', 'remove']) {
      const { ok } = (await run(device, command, '', { tids: [result.id] })) as { ok: boolean };
      assert.equal(ok, true, command);
    }
    const left = (await run(device, 'tasks', '', { port: 5, pos: 0 })) as { total: number };
    assert.equal(left.total, 0);
    await assert.rejects(
      run(device, 'remove', '', { tids: [] }),
      (error: unknown) => error instanceof SmsError && error.code === 'invalid-message',
    );
  });

  it('count what was sent and called', async () => {
    for (const command of ['sms-stats', 'call-stats']) {
      const { rows } = (await run(device, command, 'all', { type: 'total' })) as {
        rows: { port: number; slot: number }[];
      };
      assert.ok(rows.length >= 8, command);
      for (const row of rows) assert.ok(Number.isInteger(row.port) && Number.isInteger(row.slot), command);
    }
  });
});
