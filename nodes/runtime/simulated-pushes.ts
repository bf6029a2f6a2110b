/**
 * Where simulators push to: a server on the loopback interface with a secret path for each account. It is there while a
 * gateway simulates, so that nobody has to set up a webhook to try a vendor.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Simulator, SimulatorAccount } from '../simulators/simulator';
import { answer, NOT_FOUND, PushIntake, readTarget, type PushHandler } from './push-intake';

/** As long as a simulator outlives its gateways: a deploy takes them away and brings them back within this time. */
const LINGER = 1_500;

export interface PushLease {
  /** What the account's pushes come to. */
  readonly url: string;
  /** `now`: no deploy is going on that could bring the gateway back. */
  release(now: boolean): Promise<void>;
}

/** An account of a simulator. */
export interface SimulatedAccount {
  readonly key: string;
  readonly login: Pick<SimulatorAccount, 'accountId' | 'username'>;
  readonly simulator: Simulator;
}

/** An account that is pushed to, and the gateways on it: the first takes its pushes. */
class Inlet {
  readonly secret = randomBytes(16).toString('hex');
  readonly handlers = new Set<PushHandler>();
  readonly intake: PushIntake;
  /** The last one that went: a deploy may be about to bring its gateway back. */
  last?: PushHandler;
  simulator?: Simulator;
  /** Runs while a deploy may bring a gateway back. */
  end: NodeJS.Timeout | undefined;

  constructor() {
    this.intake = new PushIntake({
      take: async (push) => (await this.#first?.take(push)) ?? { outcome: 'not-stored' },
      refused: (push, outcome) => this.#first?.refused(push, outcome),
    });
  }

  get #first(): PushHandler | undefined {
    const [first = this.last] = this.handlers;
    return first;
  }
}

const inlets = new Map<string, Inlet>();
let listening: Promise<Server> | undefined;

/** Gives the account a URL, or joins those that have one. Rejects where nothing can be listened on. */
export async function leasePushUrl(account: SimulatedAccount, handler: PushHandler): Promise<PushLease> {
  const { key, login, simulator } = account;
  const inlet = inlets.get(key) ?? new Inlet();
  inlets.set(key, inlet);
  inlet.handlers.add(handler);
  clearTimeout(inlet.end);
  inlet.end = undefined;
  let url: string;
  try {
    listening ??= listen();
    const { port } = (await listening).address() as AddressInfo;
    url = `http://127.0.0.1:${port}/${inlet.secret}`;
  } catch (error) {
    listening = undefined;
    inlet.handlers.delete(handler);
    if (inlet.handlers.size === 0) inlets.delete(key);
    throw error;
  }
  if (inlet.simulator !== simulator) simulator.pushTo?.(login, url);
  inlet.simulator = simulator;

  const end = async (): Promise<void> => {
    if (inlet.handlers.size > 0 || inlets.get(key) !== inlet) return;
    inlets.delete(key);
    inlet.intake.close();
    inlet.simulator?.pushTo?.(login, undefined);
    if (inlets.size > 0) return;
    const server = await listening;
    listening = undefined;
    if (server) await close(server);
  };
  return {
    url,
    release: async (now) => {
      if (!inlet.handlers.delete(handler)) return;
      inlet.last = handler;
      if (!now) {
        clearTimeout(inlet.end);
        inlet.end = setTimeout(() => {
          inlet.end = undefined;
          end().catch(() => undefined);
        }, LINGER);
        inlet.end.unref();
      } else if (!inlet.end) {
        await end();
      }
    },
  };
}

async function listen(): Promise<Server> {
  const server = createServer((request, response) => {
    const target = readTarget(request.url ?? '/');
    const inlet = [...inlets.values()].find(({ secret }) => secret === target.secret);
    if (!inlet) {
      answer(request, response, NOT_FOUND);
      return;
    }
    inlet.intake.serve(request, response, target).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
