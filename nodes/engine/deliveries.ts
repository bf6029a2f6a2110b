/** What sending tells of the SMS that a vendor accepted, so that the reports that come later find them. */
import type { Gateway } from './gateway';
import type { ReportEvent } from './events';
import type { DoubtfulSend } from './adoption';
import type { SendFacts } from './tracked-send';

export interface Deliveries {
  /** Whether somebody wants to know what becomes of what goes through the gateway. */
  wantsReports(gateway: Gateway): boolean;
  /** Whether a recipient (a number, as in `Recipient`) wants nothing of what goes through the gateway. */
  hasOptedOut(gateway: Gateway, number: string): boolean;
  /**
   * A request goes out. To be called with what its answer says was accepted, be it nothing, and with the ids of which it
   * leaves that open, is what it gives; that in turn gives what lets the reports come out that were there before the
   * answer.
   */
  begin(gateway: Gateway): (accepted: readonly SendFacts[], unclear: readonly string[]) => () => void;
  /** Nobody knows whether a send was accepted; a report may tell. Gives what takes that back. */
  doubt(send: DoubtfulSend): () => void;
  /** What was kept of the gateway's account when the process ended has been handed on. */
  isCaughtUp(gateway: Gateway): boolean;
  /**
   * Watches an SMS that was accepted before. Gives what is known of it and what ends the watch; nothing where it is not
   * known.
   */
  watch(
    gateway: string,
    id: string,
    to: string,
    watcher: (event: ReportEvent) => void,
  ): { readonly event: ReportEvent; end(): void } | undefined;
  /** The vendor's ids of what it holds until its time under a name: our key, the caller's, or an id of the vendor's own. */
  scheduledIds(gateway: string, name: string): readonly string[];
  /** The vendor has cancelled what it held under an id. */
  cancelled(gateway: string, id: string, raw: unknown): void;
}
