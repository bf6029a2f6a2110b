/**
 * A process that writes to a store until it is killed: numbered batches of ten entries, some of them replaced by the next
 * one of the same writer. It says each number once its batch is kept.
 */
import { writeSync } from 'node:fs';
import { openEmbeddedStore } from '../../../../nodes/engine/store/embedded-store';
import type { Change } from '../../../../nodes/engine/store/store';

const WRITERS = 8;

async function main(folder: string, from: number): Promise<void> {
  const store = await openEmbeddedStore(folder);
  let next = from;
  const write = async (writer: number): Promise<never> => {
    for (;;) {
      const number = next++;
      const batch: Change[] = Array.from({ length: 10 }, (_, part) => ({ key: `b/${number}/${part}`, value: number }));
      store.note([{ key: `n/${writer}`, value: number }]);
      await store.write([...batch, { key: `w/${writer}`, value: number }]);
      // At once, whoever kills us: not through a stream.
      writeSync(1, `${number}\n`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
}

const [, , folder = '', from = '0'] = process.argv;
void main(folder, Number(from));
