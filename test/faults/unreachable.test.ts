/** Vendors that cannot be reached: nothing was written, so nothing is in doubt, and all goes out once they can be. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { tlsInFrontOf } from '../support/tls';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import { newMessages } from './ledger';
import { IS_LONG, scale } from './scale';
import { countsOf, note } from './table';
import { pause } from './waiting';

const MESSAGES = scale(10, 200);
const WINDOW = 4;

/** What keeps a vendor from being reached: the URL that leads there, and what is said of it. */
interface Obstacle {
  readonly url: (closed: number, tls: number) => string;
  readonly says: RegExp;
}

const OBSTACLES: readonly Obstacle[] = [
  { url: () => 'http://gateway.invalid', says: /^The host name in the gateway's URL is not known/ },
  { url: (_, tls) => `https://127.0.0.1:${tls}`, says: /^No secure connection could be made/ },
  { url: (closed) => `http://127.0.0.1:${closed}`, says: /^The server refused the connection/ },
];

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Attempt {
  readonly state: string;
  readonly error?: { readonly code: string; readonly message: string };
}

describe('a vendor that cannot be reached', () => {
  // Each vendor behind another obstacle, and where there is time behind each of them.
  for (const turn of IS_LONG ? OBSTACLES.keys() : [0]) {
    it(`gets everything once it can be, and nothing is in doubt: ${turn + 1}`, async () => {
      const obstacleOf = (vendor: string): Obstacle =>
        OBSTACLES[(VENDOR_IDS.indexOf(vendor) + turn) % OBSTACLES.length]!;
      const closed = await closedPort();
      const tls = await tlsInFrontOf(closed);
      const desk = await Desk.open({ vendors: VENDOR_IDS, window: WINDOW });
      try {
        await desk.nodeRed.start();
        await desk.nodeRed.deploy(
          desk.flows((vendor) => ({ url: obstacleOf(vendor).url(closed, tls.port) })),
          'nodes',
        );
        // Node-RED answers a deploy before it has started what is deployed; what comes meanwhile it drops.
        await pause(1000);
        for (const vendor of VENDOR_IDS) await desk.hand(vendor, newMessages(vendor, MESSAGES));
        await pause(2000);
        await desk.nodeRed.deploy(desk.flows(), 'nodes');
        await desk.finish();
        for (const vendor of VENDOR_IDS) {
          const found = desk.check(vendor, 0);
          assert.deepEqual(found.failed, []);
          const accepted = desk.nodeRed.lines.filter(({ node }) => node === `accepted-${vendor}`);
          const first = accepted.map(({ msg }) => (msg.sms as { attempts: readonly Attempt[] }).attempts[0]);
          // After the first few the others are not even tried before it can be reached.
          const refused = first.filter((attempt) => attempt?.state === 'rejected');
          assert.ok(refused.length > 0 && refused.length <= 4 * WINDOW, `${vendor}: ${refused.length} were tried`);
          for (const attempt of refused) {
            assert.equal(attempt?.error?.code, 'network');
            assert.match(attempt.error.message, obstacleOf(vendor).says);
          }
          note({ proof: 2, scenario: 'name unknown, TLS fails, connection refused', vendor, ...countsOf(found) });
        }
      } finally {
        await desk.close();
        await tls.close();
      }
    });
  }
});
