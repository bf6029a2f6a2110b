/** Brings what comes back to the nodes that listen: each of them gets each event of its account once, in order. */
import type { Failure } from '../core/failure';
import type { EventKind, Push } from '../vendors/driver';
import { Adoption, type DoubtfulSend } from './adoption';
import { setAlarm } from './alarm';
import type { Deliveries } from './deliveries';
import { EventAccount } from './event-account';
import type { EventJournal } from './event-journal';
import { NO_MEMORY, type EventMemory } from './event-memory';
import type { EventHub, EventOf, Listener, PushTaken, ReportEvent, SendQuery, Told } from './events';
import { NO_GATEWAY, type BrokenGateway, type Gateway } from './gateway';
import { OptOuts } from './opt-outs';
import { Outbox } from './outbox';
import type { Retention } from './send-register';

/** Milliseconds that events wait for a node that a deploy took away. */
const MOST_AWAY = 3_600_000;
/** Events that are handed over to a node before other work gets its turn. A push may be long. */
const AT_ONCE: Readonly<Record<Told, number>> = { reports: 50, inbound: 50, pushes: 1 };
/** Where the settings say nothing else. */
export const RETENTION: Retention = { span: 7 * 86_400_000, bodies: true };
/** Milliseconds that Node-RED gives a node to close: for so long a deploy may keep away what takes pushes. */
export const AWAY = 15_000;
/** Milliseconds that an account is remembered whose gateways are all gone. */
const MOST_IDLE = 7 * 86_400_000;

interface Ear<Kind extends Told = Told> {
  readonly kind: Kind;
  readonly outbox: Outbox<EventOf[Kind]>;
  listener: Listener<Kind>;
  present: boolean;
  cancelDrop?: () => void;
}

export class EventCenter implements EventHub, Deliveries {
  readonly #journal: EventJournal;
  readonly #gateways = new Map<string, Gateway>();
  /** Those that a deploy may be about to bring back: what is pushed to them meanwhile may not come again. */
  readonly #away = new Map<string, { readonly gateway: Gateway; readonly forget: () => void }>();
  /** Keys of accounts by gateway, also of gateways that are away at the moment. */
  readonly #accountKeys = new Map<string, string>();
  readonly #accounts = new Map<string, EventAccount>();
  /** What is in doubt by account, also of accounts that have no gateway yet. */
  readonly #adoptions = new Map<string, Adoption>();
  /** What keeps accounts from being forgotten that have no gateway at the moment. */
  readonly #cancelForget = new Map<string, () => void>();
  /** By kind and node. */
  readonly #ears = new Map<string, Ear>();
  /** Troubles that last, by account and kind: who begins to listen is told. */
  readonly #troubles = new Map<string, Failure>();

  constructor(
    journal: EventJournal,
    private readonly memory: EventMemory = NO_MEMORY,
    private readonly retention: Retention = RETENTION,
    private readonly optOuts = new OptOuts(),
  ) {
    this.#journal = journal;
  }

  /** Makes a gateway known. Gives what detaches it; `removed`: no deploy is going on that brings it back. */
  attachGateway(gateway: Gateway | BrokenGateway): (removed: boolean) => void {
    this.#away.get(gateway.id)?.forget();
    if ('failure' in gateway) return () => undefined;
    const account = this.#accountOf(gateway);
    this.#gateways.set(gateway.id, gateway);
    this.#accountKeys.set(gateway.id, gateway.accountKey);
    account.attach(gateway);
    this.#cancelForget.get(account.key)?.();
    this.#cancelForget.delete(account.key);
    this.#setPaces();
    return (removed) => {
      if (this.#gateways.get(gateway.id) === gateway) {
        this.#gateways.delete(gateway.id);
        if (!removed) this.#keepFor(gateway);
      }
      account.detach(gateway);
      if (account.isIdle) this.#forgetLater(account);
    };
  }

  /** Resolves once the polls that are under way at the account of a gateway now are over. Never rejects. */
  async drained(gatewayId: string): Promise<void> {
    await this.#accountAt(gatewayId)?.drained();
  }

  listen<Kind extends Told>(kind: Kind, listener: Listener<Kind>): (removed: boolean) => void {
    const name = `${kind} ${listener.node}`;
    const known = this.#ears.get(name) as Ear<Kind> | undefined;
    const ear: Ear<Kind> = known ?? { kind, outbox: new Outbox(AT_ONCE[kind]), listener, present: true };
    ear.cancelDrop?.();
    Object.assign(ear, { listener, present: true });
    this.#ears.set(name, ear as unknown as Ear);
    ear.outbox.open((event) => listener.receive?.(event), listener.leaving);
    this.#setPaces();
    const trouble = this.#troubles.get(`${kind} ${this.#accountKeys.get(listener.gateway) ?? ''}`);
    // It may also be over since the node has listened last.
    if (trouble || known) listener.trouble?.(trouble);
    const drop = (): void => {
      if (ear.listener !== listener || this.#ears.get(name) !== (ear as unknown as Ear)) return;
      ear.cancelDrop?.();
      ear.outbox.drop();
      this.#ears.delete(name);
      this.#setPaces();
    };
    return (removed) => {
      if (ear.listener !== listener) return;
      ear.present = false;
      ear.outbox.close();
      ear.cancelDrop?.();
      if (removed) drop();
      else ear.cancelDrop = setAlarm(Date.now() + MOST_AWAY, drop);
    };
  }

  async takePush(gatewayId: string, push: Push, node?: string): Promise<PushTaken> {
    const gateway = this.#gateways.get(gatewayId) ?? this.#away.get(gatewayId)?.gateway;
    return gateway ? this.#accountOf(gateway).takePush(gateway, push, node) : { outcome: 'not-stored' };
  }

  async pollNow(gatewayId: string, kind: EventKind): Promise<Failure | undefined> {
    const gateway = this.#gateways.get(gatewayId);
    if (!gateway) return NO_GATEWAY;
    return this.#accountOf(gateway).pollNow(kind);
  }

  find(gatewayId: string, query: SendQuery): ReportEvent[] {
    const account = this.#accountAt(gatewayId);
    return account?.sends.find(query).map((send) => send.event) ?? [];
  }

  wantsReports(gateway: Gateway): boolean {
    if (gateway.doubtAfter > 0) return true;
    return this.#earsOf(gateway.accountKey, 'reports').length > 0;
  }

  hasOptedOut({ optOut, accountKey, country }: Gateway, number: string): boolean {
    return optOut && this.optOuts.has(accountKey, number, country);
  }

  begin(gateway: Gateway): ReturnType<Deliveries['begin']> {
    return this.#accountOf(gateway).begin();
  }

  doubt(send: DoubtfulSend): () => void {
    return this.#adoptionOf(send.account).note(send);
  }

  isCaughtUp(gateway: Gateway): boolean {
    return this.#accountOf(gateway).isCaughtUp;
  }

  watch(
    gatewayId: string,
    id: string,
    to: string,
    watcher: (event: ReportEvent) => void,
  ): { event: ReportEvent; end(): void } | undefined {
    const send = this.#accountAt(gatewayId)?.sends.get(id, to);
    if (!send) return undefined;
    send.watch(watcher);
    return {
      event: send.event,
      end: () => {
        send.unwatch(watcher);
      },
    };
  }

  scheduledIds(gatewayId: string, name: string): readonly string[] {
    const sends = this.#accountAt(gatewayId)?.sends.find({ key: name }) ?? [];
    const scheduled = sends.filter(({ state }) => state === 'scheduled');
    return scheduled.length > 0 ? scheduled.flatMap(({ ids }) => ids) : [name];
  }

  cancelled(gatewayId: string, id: string, raw: unknown): void {
    this.#accountAt(gatewayId)?.cancelled(id, raw);
  }

  /** Keeps one for a while that a deploy has taken away. */
  #keepFor(gateway: Gateway): void {
    const cancel = setAlarm(Date.now() + AWAY, () => this.#away.delete(gateway.id));
    const forget = (): void => {
      cancel();
      this.#away.delete(gateway.id);
    };
    this.#away.set(gateway.id, { gateway, forget });
  }

  #forgetLater({ key }: EventAccount): void {
    this.#cancelForget.get(key)?.();
    const forget = (): void => {
      this.#cancelForget.delete(key);
      this.#accounts.delete(key);
      for (const kind of ['reports', 'inbound']) this.#troubles.delete(`${kind} ${key}`);
      for (const [gateway, account] of this.#accountKeys) if (account === key) this.#accountKeys.delete(gateway);
    };
    this.#cancelForget.set(key, setAlarm(Date.now() + MOST_IDLE, forget));
  }

  /** The account of a gateway, also of one that is away; nothing where there has been none. */
  #accountAt(gatewayId: string): EventAccount | undefined {
    return this.#accounts.get(this.#accountKeys.get(gatewayId) ?? '');
  }

  #accountOf({ accountKey, country }: Gateway): EventAccount {
    let account = this.#accounts.get(accountKey);
    if (!account) {
      const adoption = this.#adoptionOf(accountKey);
      const { memory, retention, optOuts } = this;
      account = new EventAccount(accountKey, country, this.#journal, memory, retention, adoption, optOuts, {
        ready: () => {
          this.#setPaces();
        },
        tell: (teller, kind, event, kept, node) => {
          for (const ear of this.#earsOf(teller.key, kind)) {
            const isFor = node === undefined || ear.listener.node === node;
            if (isFor && ear.listener.receive) ear.outbox.put(event, kept);
          }
        },
        trouble: (teller, kinds, reason) => {
          for (const kind of kinds) this.#trouble(teller.key, kind, reason);
        },
        unreadable: (teller, kinds, records) => {
          for (const kind of kinds) {
            for (const { listener } of this.#earsOf(teller.key, kind)) listener.unreadable?.(records);
          }
        },
        outrun: (teller, perDay) => {
          for (const { listener } of this.#earsOf(teller.key, 'reports')) listener.outrun?.(perDay);
        },
      });
      this.#accounts.set(accountKey, account);
    }
    return account;
  }

  #adoptionOf(account: string): Adoption {
    const adoption = this.#adoptions.get(account) ?? new Adoption();
    this.#adoptions.set(account, adoption);
    return adoption;
  }

  #trouble(accountKey: string, kind: EventKind, reason: Failure | undefined): void {
    const name = `${kind} ${accountKey}`;
    if (reason) this.#troubles.set(name, reason);
    else this.#troubles.delete(name);
    for (const { listener, present } of this.#earsOf(accountKey, kind)) if (present) listener.trouble?.(reason);
  }

  #earsOf<Kind extends Told>(accountKey: string, kind: Kind): Ear<Kind>[] {
    const found: Ear<Kind>[] = [];
    for (const ear of this.#ears.values()) {
      if (ear.kind === kind && this.#accountKeys.get(ear.listener.gateway) === accountKey) {
        found.push(ear as unknown as Ear<Kind>);
      }
    }
    return found;
  }

  #setPaces(): void {
    for (const account of this.#accounts.values()) {
      account.setPaces((kind, usual) => {
        const intervals = this.#earsOf(account.key, kind)
          .map(({ listener }) => listener.interval ?? usual)
          .filter((interval) => interval > 0);
        if (account.wants(kind)) intervals.push(usual);
        return intervals.length > 0 ? Math.min(...intervals) : undefined;
      });
    }
  }
}
