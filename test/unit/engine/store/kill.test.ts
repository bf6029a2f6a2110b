/** What was said to be kept is kept, whenever the process is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openEmbeddedStore } from '../../../../nodes/engine/store/embedded-store';
import { allOf, clearFolders, newFolder } from './folders';

const ROUNDS = 10;
const PARTS = 10;

/** Lets a process write until it has kept something, and kills it a little later; gives the numbers that it said. */
async function writeAndKill(folder: string, from: number): Promise<number[]> {
  const args = ['--import', 'tsx', join(__dirname, 'writer.ts'), folder, String(from)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (killed) return;
    killed = true;
    setTimeout(() => child.kill('SIGKILL'), randomInt(0, 150));
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
  // The last line may have been cut off.
  return said.slice(0, said.lastIndexOf('\n')).split('\n').map(Number);
}

describe('a killed process', () => {
  after(clearFolders);

  it('leaves all that it said it kept, and no batch in part', async () => {
    const folder = newFolder();
    const kept: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const from = round * 1_000_000;
      const said = await writeAndKill(folder, from);
      assert.ok(said.length > 0 && said.every((number) => number >= from));
      kept.push(...said);

      const store = await openEmbeddedStore(folder);
      const parts = new Map<number, number>();
      for (const [key, value] of await allOf(store, 'b/')) {
        const number = Number(key.split('/')[1]);
        assert.equal(value, number);
        parts.set(number, (parts.get(number) ?? 0) + 1);
      }
      for (const number of kept) assert.equal(parts.get(number), PARTS, `batch ${number}, round ${round}`);
      for (const [number, count] of parts) assert.equal(count, PARTS, `batch ${number}, round ${round}`);
      // What a writer wrote and noted last is of a batch that is there.
      for (const [key, value] of [...(await allOf(store, 'w/')), ...(await allOf(store, 'n/'))]) {
        if (key.startsWith('w/')) assert.ok(parts.has(Number(value)), key);
      }
      await store.close();
    }
    assert.ok(kept.length >= ROUNDS);
  });
});
