/** What is measured. Each subject is a run of its own with a vendor of its own; what is compared is measured in turns. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { WEBHOOK_PATH } from '../faults/flow';
import { median, percentile, type Figure } from './figure';
import { Flow, IN_FLIGHT, type Kind, type RunOptions, type VendorId } from './flows';
import { Vendor } from './vendor';

/** How much is measured: a share of what it takes for figures that mean something. */
export interface Scale {
  readonly share: number;
  readonly rounds: number;
}

type Subject = (scale: Scale) => Promise<Figure[]>;

/** Runs work with a vendor and flows that are closed at its end. */
async function withFlows<Value>(
  kinds: readonly Kind[],
  vendorId: VendorId,
  work: (flows: ReadonlyMap<Kind, Flow>, vendor: Vendor) => Promise<Value>,
): Promise<Value> {
  const vendor = await Vendor.start();
  const flows = new Map<Kind, Flow>();
  try {
    for (const kind of kinds) flows.set(kind, await Flow.start(kind, vendorId, vendor));
    return await work(flows, vendor);
  } finally {
    for (const flow of flows.values()) await flow.close();
    vendor.close();
  }
}

/** Messages a second of bare `undici`, and the latencies. */
async function bare(vendor: Vendor, count: number, every = 0): Promise<{ rate: number; latencies: number[] }> {
  const pool = new Pool(vendor.url, { connections: IN_FLIGHT });
  const latencies: number[] = [];
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const ask = async (index: number): Promise<void> => {
    const since = performance.now();
    const payload = {
      auth: { username: 'u', password: 'p' },
      number: String(13_800_000_000 + index),
      content: `text ${index}`,
    };
    const request = { method: 'POST', path: '/goip/sendsms/', headers, body: JSON.stringify(payload) } as const;
    const { body } = await pool.request(request);
    const { result } = (await body.json()) as { result: string };
    if (result !== 'ACCEPT') throw new Error(result);
    latencies.push(performance.now() - since);
  };
  const begin = performance.now();
  if (every > 0) {
    const asked: Promise<void>[] = [];
    for (let index = 0; index < count; index++) {
      asked.push(ask(index));
      await sleep(every);
    }
    await Promise.all(asked);
  } else {
    let next = 0;
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        while (next < count) await ask(next++);
      }),
    );
  }
  const rate = (count / (performance.now() - begin)) * 1000;
  await pool.close();
  return { rate, latencies };
}

const single: Subject = ({ share, rounds }) =>
  withFlows(['core', 'memory', 'embedded'], 'goip', async (flows, vendor) => {
    const count = Math.ceil(20_000 * share);
    const rates = new Map<string, number[]>();
    const add = (name: string, rate: number): void => void rates.set(name, [...(rates.get(name) ?? []), rate]);
    for (let round = -1; round < rounds; round++) {
      // The first round is for the compilers.
      const share = round < 0 ? Math.ceil(count / 4) : count;
      const undici = await bare(vendor, share);
      if (round >= 0) add('undici', undici.rate);
      for (const [kind, flow] of flows) {
        const { ms } = await flow.run({ count: share, text: `${kind} ${round} ` });
        if (round >= 0) add(kind, (share / ms) * 1000);
      }
    }
    const rate = (name: string): number => median(rates.get(name) ?? []);
    const per = (name: string, other: string): string =>
      `${Math.round(rate(name)).toLocaleString('en-US')} / ${Math.round(rate(other)).toLocaleString('en-US')} messages a second`;
    return [
      {
        what: 'Single messages, durable, against core nodes',
        measured: rate('embedded') / rate('core'),
        ...{ unit: '×', target: { least: 3 }, remark: per('embedded', 'core') },
      },
      {
        what: 'Single messages, in memory, against core nodes',
        measured: rate('memory') / rate('core'),
        ...{ unit: '×', target: { least: 5 }, remark: per('memory', 'core') },
      },
      {
        what: 'Single messages, in memory, against bare undici',
        measured: rate('memory') / rate('undici'),
        ...{ unit: '×', target: { least: 0.5 }, remark: per('memory', 'undici') },
      },
    ];
  });

const sameText: Subject = ({ share, rounds }) =>
  withFlows(['core', 'embedded'], 'sms57', async (flows, vendor) => {
    const count = Math.ceil(10_000 * share);
    const ways: Readonly<Record<string, { kind: Kind; options: Omit<RunOptions, 'text'> }>> = {
      core: { kind: 'core', options: { count, inFlight: IN_FLIGHT } },
      'one by one': { kind: 'embedded', options: { count, inFlight: count } },
      'in one message': { kind: 'embedded', options: { many: count } },
    };
    const times = new Map<string, number[]>();
    const requests = new Map<string, number>();
    for (let round = -1; round < rounds; round++) {
      for (const [way, { kind, options }] of Object.entries(ways)) {
        await vendor.release();
        const { ms } = await flows.get(kind)!.run({ ...options, text: `one text of round ${round}, ${way}` });
        // The first round is for the compilers.
        if (round < 0) continue;
        times.set(way, [...(times.get(way) ?? []), ms]);
        requests.set(way, (await vendor.count()).requests);
      }
    }
    const rate = (way: string): number => (count / median(times.get(way) ?? [])) * 1000;
    return ['one by one', 'in one message'].map((way) => ({
      what: `${count.toLocaleString('en-US')} SMS of one text to sms57, handed in ${way}, durable, against core nodes`,
      measured: rate(way) / rate('core'),
      ...{ unit: '×', target: { least: 20 } },
      remark: `${Math.round(rate(way)).toLocaleString('en-US')} / ${Math.round(rate('core')).toLocaleString('en-US')} a second, in ${requests.get(way)} requests`,
    }));
  });

const ROWS = 100;
/** Pushes under way at a time. */
const PUSHING = 8;

/** Pushes of `count` reports about ids from `first` on. */
function* pushes(first: number, count: number): Generator<string> {
  for (let index = 0; index < count; index += ROWS) {
    const rows = Array.from({ length: ROWS }, (_, row) => ({
      ...{ flag: 1, mid: String(first + index + row), mobile: String(13_800_000_000 + index + row), stat: 'DELIVRD' },
      time: '2026-01-01 00:00:00',
    }));
    yield JSON.stringify(rows);
  }
}

/** Pushes all, and gives reports a second until `done` says that the last is out. */
async function push(url: string, bodies: readonly string[], done: () => Promise<boolean>): Promise<number> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: PUSHING });
  const waiting = [...bodies];
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: PUSHING }, async () => {
      for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
        const headers = { 'content-type': 'application/json;charset=UTF-8' };
        const answer = await pool.request({ method: 'POST', path: pathname, headers, body });
        const text = await answer.body.text();
        if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text}`);
      }
    }),
  );
  while (!(await done())) await sleep(5);
  const rate = ((bodies.length * ROWS) / (performance.now() - begin)) * 1000;
  await pool.close();
  return rate;
}

const reports: Subject = ({ share, rounds }) =>
  withFlows(['core', 'embedded'], 'sms57', async (flows, vendor) => {
    const count = Math.ceil((20_000 * share) / ROWS) * ROWS;
    const rates = new Map<Kind, number[]>();
    for (let round = 0; round < rounds; round++) {
      const { ids } = await vendor.count();
      const ours = flows.get('embedded')!;
      await ours.run({ count, text: `reports ${round}`, inFlight: count });
      const bodies = [...pushes(ids + 1, count)];
      for (const [kind, flow] of flows) {
        const url = flow.nodeRed.url + (kind === 'core' ? 'push' : `smswire/${WEBHOOK_PATH}`);
        const before = (await flow.ask('reports')).reports ?? 0;
        const isDone = async (): Promise<boolean> => ((await flow.ask('reports')).reports ?? 0) >= before + count;
        rates.set(kind, [...(rates.get(kind) ?? []), await push(url, bodies, isDone)]);
      }
    }
    const rate = (kind: Kind): number => median(rates.get(kind) ?? []);
    return [
      {
        what: 'Pushed reports, 100 a request, recorded, matched and emitted, against http in and a function that parses',
        measured: rate('embedded') / rate('core'),
        ...{ unit: '×', target: { least: 1 } },
        remark: `${Math.round(rate('embedded')).toLocaleString('en-US')} / ${Math.round(rate('core')).toLocaleString('en-US')} reports a second`,
      },
    ];
  });

const waiting: Subject = async ({ share }) => {
  const vendor = await Vendor.start();
  const count = Math.ceil(100_000 * share);
  const flow = await Flow.start('embedded', 'goip', vendor);
  try {
    await flow.run({ count: 500, text: 'warm up ' });
    const before = (await flow.ask('heap')).heap ?? 0;
    await vendor.hold();
    const STEP = 10_000;
    let handed = 0;
    for (let left = count; left > 0; left -= STEP) {
      const some = Math.min(STEP, left);
      await flow.nodeRed.post('run', { count: some, inFlight: some, text: `waiting ${left} ` });
      handed += some;
    }
    // What was handed in last is kept once the disk is at rest.
    await sleep(3000);
    const after = (await flow.ask('heap')).heap ?? 0;
    await flow.nodeRed.kill();
    await vendor.hold();
    flow.nodeRed.spawn();
    await flow.nodeRed.started();
    const { startedAt, flowsAt } = flow.nodeRed;
    let firstAt = 0;
    const seen = async (): Promise<void> => {
      ({ firstAt } = await vendor.count());
    };
    for (let tries = 0; firstAt === 0 && tries < 1200; tries++) {
      await seen();
      await sleep(50);
    }
    return [
      {
        what: `Restart with ${count.toLocaleString('en-US')} waiting: first send`,
        measured: (firstAt - startedAt) / 1000,
        ...{ unit: 's', target: { most: 2 } },
        remark: `from the start of the process; Node-RED itself took ${((flowsAt - startedAt) / 1000).toFixed(1)} s of it`,
      },
      {
        what: 'Memory for 10,000 that wait',
        measured: ((after - before) / handed) * 10_000 * 1e-6,
        ...{ unit: 'MB', target: { most: 20 } },
        remark: 'heap and what is outside of it, after a collection',
      },
    ];
  } finally {
    await flow.close();
    vendor.close();
  }
};

const steady: Subject = ({ share }) =>
  withFlows(['embedded'], 'sms57', async (flows, vendor) => {
    const flow = flows.get('embedded')!;
    const seconds = Math.max(2, Math.round(20 * share));
    await flow.run({ count: 2000, text: 'warm up ' });
    const { ids } = await vendor.count();
    const first = Math.max(1, ids - 2000);
    const { latencies: bareLatencies } = await bare(vendor, seconds * 50, 10);
    await flow.ask('reset');
    const url = `${flow.nodeRed.url}smswire/${WEBHOOK_PATH}`;
    const pushing = (async () => {
      let at = first;
      for (let second = 0; second < seconds * 2; second++) {
        await push(url, [...pushes(at, ROWS)], () => Promise.resolve(true));
        at += ROWS;
        await sleep(500);
      }
    })();
    const { latencies } = await flow.run({ count: seconds * 100, text: 'steady ', every: 10 });
    const { p99 = NaN, max = NaN } = await flow.ask('delay');
    await pushing;
    const added = percentile(latencies, 99) - percentile(bareLatencies, 99);
    return [
      {
        what: 'Event loop delay at 100 sends and 200 reports a second, p99',
        measured: p99,
        ...{ unit: 'ms', target: { most: 20 }, remark: `at most ${max.toFixed(1)} ms` },
      },
      {
        what: 'Added latency at that load, p99',
        measured: added,
        ...{ unit: 'ms', target: { most: 5 } },
        remark: `${percentile(latencies, 99).toFixed(1)} ms from input to outcome, durable, less ${percentile(bareLatencies, 99).toFixed(1)} ms of bare undici; median ${median(latencies).toFixed(1)} ms`,
      },
    ];
  });

const many: Subject = ({ share }) =>
  withFlows(['embedded'], 'sms57', async (flows) => {
    const flow = flows.get('embedded')!;
    const count = Math.ceil(10_000 * share);
    await flow.run({ count: 500, text: 'warm up ' });
    const worst: number[] = [];
    for (let round = 0; round < 5; round++) {
      await flow.ask('reset');
      await flow.run({ many: count, text: `many ${round}` });
      worst.push((await flow.ask('delay')).max ?? NaN);
    }
    return [
      {
        what: `Event loop delay of a send to ${count.toLocaleString('en-US')} recipients, longest`,
        measured: median(worst),
        ...{ unit: 'ms', target: { most: 50 }, remark: 'median of five sends' },
      },
    ];
  });

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  single,
  'same-text': sameText,
  reports,
  waiting,
  steady,
  many,
};
