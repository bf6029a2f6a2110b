/**
 * What every vendor simulator is: an HTTP server on the loopback interface that takes the vendor's side of the protocol.
 * Users try a vendor with it, and tests hold a driver against it. It is written from the vendor's document alone.
 */

/** What a simulator accepted: one entry per recipient and copy. The oracle of every test. */
export interface AcceptedSms {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The number, as it came over the wire. */
  readonly to: string;
  /** The text, decoded as the vendor would decode it. */
  readonly text: string;
  /** The id that the vendor gave, or took from the client. */
  readonly id: string;
  /** The login name that sent it. */
  readonly username: string;
  /** Everything else the request said of this SMS, under the names of the document. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Credentials that a simulator takes. */
export interface SimulatorAccount {
  readonly accountId: string;
  readonly username: string;
  readonly password: string;
}

export interface SimulatorOptions {
  /** A free port is taken where it is 0 or left out. */
  readonly port?: number;
  /** Epoch milliseconds; tests put a clock of their own here. */
  readonly now?: () => number;
}

export interface Simulator {
  /** What a gateway's `url` is set to, to talk to this simulator. */
  readonly url: string;
  /** The account that exists from the start. */
  readonly account: SimulatorAccount;
  /** What was accepted, oldest first; at least the last 100,000. */
  readonly accepted: readonly AcceptedSms[];
  /** Every request that came, oldest first, at most the last 1,000: for tests that look at the wire. */
  readonly requests: readonly { method: string; url: string; headers: NodeJS.Dict<string | string[]>; body: Buffer }[];
  /** Makes the simulator take further credentials. */
  addAccount(account: SimulatorAccount): void;
  /**
   * Tells where reports and inbound SMS of an account are pushed, as it is entered in the vendor's own screens; nothing
   * where they are not pushed any more. Absent: the vendor pushes nothing.
   */
  pushTo?(account: Pick<SimulatorAccount, 'accountId' | 'username'>, url: string | undefined): void;
  /** Makes an SMS arrive at the account, as if a handset had sent it. */
  receive(sms: { from: string; to?: string; text: string }): void;
  /** Ends the server and every connection and timer of it. */
  close(): Promise<void>;
}

export type StartSimulator = (options?: SimulatorOptions) => Promise<Simulator>;
