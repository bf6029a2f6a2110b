/** Reports that came before the answer to a request under way: it may tell whose they are. */
import type { Report } from '../core/report';
import type { Kept } from './event-journal';
import { Multimap } from './multimap';

/** Reports that wait. */
const MOST = 20_000;

/** A report that came. */
export interface Arrival {
  readonly report: Report;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What it came in; held while the report waits. */
  readonly kept: Kept;
  /** It lay at the vendor for so long that it is no news but to those who know the send. */
  readonly isOld?: boolean;
}

interface Early extends Arrival {
  /** The last request that was begun before it came: once the answers up to it are recorded, it waits for no more. */
  readonly until: number;
}

export class EarlyReports {
  /** Numbers of the requests under way, in their order. */
  readonly #inFlight = new Set<number>();
  #requests = 0;
  /** In the order in which they came. */
  readonly #early = new Set<Early>();
  readonly #byId = new Multimap<string, Early>();

  /** No request is under way. */
  get isIdle(): boolean {
    return this.#inFlight.size === 0;
  }

  /**
   * A request goes out. To be called with the ids in its answer once they are recorded is what it gives; that gives the
   * reports that need not wait any more. They are still held.
   */
  begin(): (ids: Iterable<string>) => readonly Arrival[] {
    const number = ++this.#requests;
    this.#inFlight.add(number);
    return (ids) => {
      this.#inFlight.delete(number);
      return this.#release(ids);
    };
  }

  /** Lets a report wait for the requests under way. False where there is none, or no room. */
  hold(arrival: Arrival): boolean {
    if (this.isIdle || this.#early.size >= MOST) return false;
    const early = { ...arrival, until: this.#requests };
    const { id } = early.report;
    early.kept.hold();
    this.#early.add(early);
    if (id !== undefined) this.#byId.add(id, early);
    return true;
  }

  /** Reports about these ids, and those that no request under way can tell anything of, in the order in which they came. */
  #release(ids: Iterable<string>): Early[] {
    if (this.#early.size === 0) return [];
    const ready = new Set<Early>();
    const [oldest = Infinity] = this.#inFlight;
    for (const early of this.#early) {
      if (early.until >= oldest) break;
      ready.add(early);
    }
    for (const id of ids) for (const early of this.#byId.get(id)) ready.add(early);
    for (const early of ready) {
      this.#early.delete(early);
      this.#byId.delete(early.report.id ?? '', early);
    }
    return [...ready];
  }
}
