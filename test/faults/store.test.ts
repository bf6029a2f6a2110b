/** The store is in use, its disk is full, or bytes of it are not what was written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  readdirSync,
  readFileSync,
  rmSync,
  appendFileSync,
  writeFileSync,
  closeSync,
  openSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Desk } from './desk';
import { listening, WEBHOOK_PATH, webhook } from './flow';
import { Front } from './front';
import { newMessages, told } from './ledger';
import { NodeRed, newFolder, removeFolder, type Line } from './node-red';
import { IS_LONG, scale } from './scale';
import { countsOf, note } from './table';
import { between, until } from './waiting';

const VENDOR = 'sms57';
const WINDOW = 4;
const MESSAGES = scale(60, 1000);
const DELAYS = { delays: () => [between(0, 20), between(0, 40)] as const };

interface Told {
  readonly ref: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly recipients: readonly { readonly to: string; readonly error?: { readonly code: string } }[];
}

/** What left the failed output, by ref. */
function failures(nodeRed: NodeRed): Map<string, Told> {
  const failed = nodeRed.lines.filter(({ node }) => node === `failed-${VENDOR}`);
  return new Map(failed.map(({ msg }) => [(msg.sms as Told).ref, msg.sms as Told]));
}

/** Hands in messages that are refused because of another Node-RED; gives their refs. */
async function refused(nodeRed: NodeRed): Promise<Set<string>> {
  const messages = newMessages(VENDOR, 10);
  await nodeRed.post(`feed/${VENDOR}`, messages);
  await until('all are refused', () => messages.every(({ sms }) => failures(nodeRed).has(sms.ref)));
  for (const { sms, to } of messages) {
    const { error, recipients } = failures(nodeRed).get(sms.ref)!;
    assert.equal(error?.code, 'store-failed');
    assert.match(error.message, /^Another Node-RED uses the store in /);
    // So that a send node behind it may send it later.
    assert.deepEqual(
      recipients.map((each) => [each.to, each.error?.code]),
      [[to, 'store-failed']],
    );
  }
  return new Set(messages.map(({ sms }) => sms.ref));
}

describe('a second Node-RED on the same user directory', () => {
  for (const end of ['stop', 'kill'] as const) {
    it(`sends and takes nothing and says why, and goes on once the first is gone: ${end}`, async () => {
      const hook = webhook(VENDOR);
      const nodes = [...hook.nodes, ...listening(VENDOR, 'inbound', 0)];
      const { credentials } = hook;
      const desk = await Desk.open({ vendors: [VENDOR], window: WINDOW, nodes, credentials, front: DELAYS });
      const first = desk.nodeRed;
      let second: NodeRed | undefined;
      let pushes: Front | undefined;
      try {
        await first.start();
        second = await NodeRed.on(first.folder);
        const waiting = second;
        await desk.feed(MESSAGES);
        await waiting.start();
        const ours = await refused(waiting);
        pushes = await Front.start(waiting.url, { records: true });
        const { passages } = pushes;
        const simulator = desk.simulator(VENDOR);
        simulator.pushTo?.(simulator.account, `${pushes.url}/smswire/${WEBHOOK_PATH}${VENDOR}`);
        simulator.receive({ from: '13700000001', text: 'while the first runs' });
        await until('a push comes', () => passages.length > 0);
        for (const { status } of passages) assert.equal(status, 503);
        await desk.feed(MESSAGES);
        assert.ok(!desk.isOver(), 'some still wait');
        await first[end]();
        desk.nodeRed = waiting;
        await until('it takes over', () => waiting.log.includes('The SMS store works again'), 90);
        await desk.feed(10);
        const inbound = (): number => waiting.lines.filter(({ node }) => node === `inbound-${VENDOR}`).length;
        await until('the push comes again', () => inbound() > 0);
        const isOurs = ({ msg }: Line): boolean => ours.has((msg.sms as Told).ref);
        const lines = (): Line[] => [...first.lines, ...waiting.lines.filter((line) => !isOurs(line))];
        await until('all have left', () => desk.isOver(lines()), 180);
        const found = desk.check(VENDOR, WINDOW, lines());
        assert.deepEqual(found.failed, []);
        assert.equal(inbound(), 1);
        assert.equal(waiting.log.match(/The SMS store could not be opened/g)?.length, 1);
        const kills = end === 'kill' ? { kills: 1 } : {};
        note({
          proof: 8,
          vendor: VENDOR,
          scenario: `second Node-RED takes over: ${end}`,
          ...countsOf(found),
          ...kills,
        });
      } finally {
        await pushes?.close();
        await second?.remove();
        desk.nodeRed = first;
        await desk.close();
      }
    });
  }
});

/** A small disk, or why there is none. */
function smallDisk(): { folder: string } | { reason: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return { reason: 'only root of a Linux can mount a small disk' };
  const folder = newFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'smswire-test', folder]);
  if (mounted.status === 0) {
    process.once('exit', () => spawnSync('umount', ['-l', folder], { stdio: 'ignore' }));
    return { folder };
  }
  removeFolder(folder);
  return { reason: 'no small disk can be mounted here' };
}

/** Fills the disk to the last byte. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const size of [1 << 20, 4096, 1]) {
      const bytes = Buffer.alloc(size);
      for (;;) {
        try {
          if (writeSync(file, bytes) < size) break;
        } catch {
          break;
        }
      }
    }
  } finally {
    closeSync(file);
  }
}

describe('a disk that is full', () => {
  it('lets nothing be sent and no push be acknowledged, until there is space again', async (test) => {
    const disk = smallDisk();
    if ('reason' in disk) {
      test.skip(disk.reason);
      return;
    }
    const { folder } = disk;
    const hook = webhook(VENDOR);
    const nodes = [...hook.nodes, ...listening(VENDOR, 'inbound', 0)];
    const more = { nodes, credentials: hook.credentials, nodeRed: { folder }, front: DELAYS };
    const desk = await Desk.open({ vendors: [VENDOR], window: WINDOW, ...more });
    let pushes: Front | undefined;
    try {
      pushes = await Front.start(desk.nodeRed.url, { records: true });
      const simulator = desk.simulator(VENDOR);
      simulator.pushTo?.(simulator.account, `${pushes.url}/smswire/${WEBHOOK_PATH}${VENDOR}`);
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      await desk.finish();

      const filler = join(folder, 'filler');
      fill(filler);
      // The file that the store writes to may have room for some more.
      for (let tries = 0; failures(desk.nodeRed).size === 0; tries++) {
        assert.ok(tries < 200, 'the disk does not get full');
        await desk.feed(1);
      }
      await desk.feed(20);
      const refused = failures(desk.nodeRed);
      for (const { error } of refused.values()) assert.equal(error?.code, 'store-failed');
      assert.ok(refused.size > 20, 'all were refused');
      assert.match(desk.nodeRed.log, /The SMS store fails, so nothing is sent\. The disk .* is full/);
      const { passages } = pushes;
      const before = passages.length;
      simulator.receive({ from: '13700000001', text: 'while it is full' });
      await until('a push comes', () => passages.length > before);
      for (const { status } of passages.slice(before)) assert.equal(status, 503);

      rmSync(filler);
      await until('it works again', () => desk.nodeRed.log.includes('The SMS store works again'), 90);
      await desk.feed(MESSAGES);
      const inbound = (): number => desk.nodeRed.lines.filter(({ node }) => node === `inbound-${VENDOR}`).length;
      await until('the push comes again', () => inbound() > 0);
      await desk.finish();
      const found = desk.check(VENDOR, 0);
      assert.equal(found.failed.length, refused.size, 'nothing was refused any more');
      assert.equal(inbound(), 1);
      note({ proof: 8, vendor: VENDOR, scenario: 'disk full for a while', ...countsOf(found) });
    } finally {
      await pushes?.close();
      await desk.close();
      spawnSync('umount', ['-l', folder]);
      removeFolder(folder);
    }
  });
});

type Damage = (folder: string) => void;

function file(folder: string, name: RegExp): string {
  const [found] = readdirSync(folder)
    .filter((each) => name.test(each))
    .sort()
    .slice(-1);
  assert.ok(found, `no file ${name.source}`);
  return join(folder, found);
}

/** Changes bytes of what was written late. */
function flip(path: string, bytes: number): void {
  const content = readFileSync(path);
  const from = Math.floor(content.length * 0.8);
  for (let place = from; place < from + bytes; place++) content[place] = (content[place] ?? 0) ^ 0xff;
  writeFileSync(path, content);
}

const DAMAGES: Readonly<Record<string, Damage>> = {
  'bytes flipped': (folder) => {
    flip(file(folder, /^\d+\.log$/), 8);
  },
  // The beginning of a record whose rest was never written: what a power cut leaves of a write.
  'write torn': (folder) => {
    const head = Buffer.from([1, 2, 3, 4, 0x00, 0x04, 1]);
    appendFileSync(file(folder, /^\d+\.log$/), Buffer.concat([head, Buffer.alloc(100, 'x')]));
  },
  'manifest destroyed': (folder) => {
    writeFileSync(file(folder, /^MANIFEST-/), 'nothing of what was here');
  },
};

describe('a damaged store', () => {
  const damages = Object.entries(DAMAGES);
  for (const [damage, harm] of IS_LONG ? damages : damages.slice(0, 2)) {
    it(`is said so, and nothing is sent twice: ${damage}`, async () => {
      const desk = await Desk.open({ vendors: [VENDOR], window: WINDOW, front: DELAYS });
      try {
        await desk.nodeRed.start();
        await desk.feed(MESSAGES);
        await until('half of them are sent', () => desk.accepted >= MESSAGES / 2);
        await desk.nodeRed.kill();
        harm(join(desk.nodeRed.folder, 'smswire'));
        desk.spawn();
        await desk.nodeRed.started();
        // What was handed in after that goes out behind all that was waiting.
        await desk.feed(10);
        const rest = desk.fed(VENDOR).slice(-10);
        await until('the new ones leave', () => rest.every(({ sms }) => told(desk.nodeRed.lines, VENDOR).has(sms.ref)));
        await desk.nodeRed.stop();
        const found = desk.balance(VENDOR);
        const { doubled, falselyAccepted, falselyFailed } = found;
        assert.deepEqual(
          { doubled, falselyAccepted, falselyFailed },
          { doubled: [], falselyAccepted: [], falselyFailed: [] },
        );
        // Nobody waited for a write that was torn: there is nothing to say of it.
        if (damage === 'write torn') assert.deepEqual(found.lost, []);
        else
          assert.match(desk.nodeRed.log, /The SMS store was damaged|The latest entries of the SMS store could not be/);
        note({
          ...{ proof: 8, vendor: VENDOR },
          scenario: `store damaged: ${damage}`,
          kills: 1,
          ...countsOf(found),
          remark: found.lost.length > 0 ? 'what is lost was in what was destroyed' : undefined,
        });
      } finally {
        await desk.close();
      }
    });
  }
});
