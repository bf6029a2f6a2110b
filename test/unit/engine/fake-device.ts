/** A device that remembers the ids it was given for as long as it runs, and takes each once. */
import { SmsError, failure, type Failure } from '../../../nodes/core/failure';
import type {
  Account,
  Capabilities,
  RecipientResult,
  SendAnswer,
  SendRequest,
  SettleAnswer,
  Unsettled,
} from '../../../nodes/vendors/driver';
import { numbersOf, type Bench, type FakeVendor } from './bench';

/** What becomes of a request. `lost`: it never arrives. `unanswered`: it is taken, and its answer never arrives. */
export type Way = 'take' | 'lost' | 'unanswered' | Failure;

/** A question about a send in doubt. */
export interface Question {
  /** Milliseconds since the bench was set up. */
  readonly after: number;
  readonly unsettled: Unsettled;
}

export class FakeDevice {
  /** What it took: each number as often as it was taken. */
  readonly taken: string[] = [];
  readonly questions: Question[] = [];
  /** Ids of the requests, in their order. */
  readonly ids: (readonly number[])[] = [];
  /** What becomes of requests, and of questions, in turn; the last one stays. */
  ways: Way[] = ['take'];
  asks: Way[] = ['take'];
  /** Nothing: it does not tell. */
  run: string | undefined = 'run 1';
  #known = new Set<number>();

  constructor(private readonly bench: Bench) {}

  /** It forgets all ids. */
  restart(): void {
    this.run = `run ${Number((this.run ?? 'run 0').slice(4)) + 1}`;
    this.#known = new Set();
  }

  /** It knows these ids from somebody else. */
  know(...ids: number[]): void {
    for (const id of ids) this.#known.add(id);
  }

  /** Makes a vendor's gateways lead to it. */
  connect(vendor: FakeVendor, whom: 'recipient' | 'item' = 'recipient', over: Partial<Capabilities> = {}): FakeVendor {
    vendor.capabilities = { ...vendor.capabilities, clientIds: () => whom, ...over };
    vendor.answers = [(request) => this.send(request)];
    vendor.checks = this.account;
    return vendor;
  }

  get account(): Partial<Account> {
    return {
      currentRun: () => Promise.resolve(this.run),
      settle: (unsettled) => Promise.resolve(this.settle(unsettled)),
    };
  }

  send(request: SendRequest): SendAnswer {
    const { ids = [] } = request;
    this.ids.push(ids);
    const way = next(this.ways);
    if (way === 'lost') throw new SmsError(failure('no-answer'));
    if (typeof way === 'object') return answer(request, () => ({ state: 'rejected', failure: way }));
    const results = this.#take(request, ids, () => ({ state: 'rejected', failure: failure('duplicate-id') }));
    if (way === 'unanswered') throw new SmsError(failure('no-answer'));
    return results;
  }

  settle(unsettled: Unsettled): SettleAnswer {
    this.questions.push({ after: this.bench.elapsed, unsettled });
    const { request, run } = unsettled;
    const doubtful = (why: Failure, askAgain: boolean): SettleAnswer => ({
      ...answer(request, () => ({ state: 'in-doubt', failure: why })),
      askAgain,
    });
    if (run === undefined) return doubtful(failure('in-doubt', 'no-run'), false);
    if (run !== this.run) return doubtful(failure('in-doubt', 'restarted'), false);
    const way = next(this.asks);
    if (way === 'lost') return doubtful(failure('network', 'refused'), true);
    if (typeof way === 'object') {
      return { ...answer(request, () => ({ state: 'rejected', failure: way })), askAgain: false };
    }
    const results = this.#take(request, request.ids, (id) => ({ state: 'accepted', id: String(id) }));
    return way === 'unanswered' ? doubtful(failure('no-answer'), true) : { ...results, askAgain: false };
  }

  #take(request: SendRequest, ids: readonly number[], known: (id: number) => RecipientResult): SendAnswer {
    // Recipients of one task share its id.
    const before = new Set(this.#known);
    return answer(request, (to, index) => {
      const id = ids[index]!;
      if (before.has(id)) return known(id);
      this.#known.add(id);
      this.taken.push(to);
      return { state: 'accepted', id: String(id) };
    });
  }
}

function answer(request: SendRequest, result: (to: string, index: number) => RecipientResult): SendAnswer {
  return { results: numbersOf(request).map(result), raw: 'answer' };
}

/** The next of a row; the last one stays. */
function next<T>(row: T[]): T {
  return row.length > 1 ? row.shift()! : row[0]!;
}
