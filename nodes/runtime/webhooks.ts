/**
 * The one router of the package below Node-RED's HTTP nodes, `/smswire/<path>`. It is there while a webhook is open, and
 * while a deploy has taken one away. Paths are secrets, for no vendor proves who it is: they are looked up by their digest,
 * so that a guess learns nothing from how long the answer takes, and every wrong one is answered alike.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import { AWAY } from '../engine/event-center';
import type { AllowList } from './allow-list';
import { joinUrl, WEBHOOK_FOLDER } from './callback-url';
import { keepBodiesWhole } from './whole-bodies';
import { answer, FORBIDDEN, NOT_FOUND, PushIntake, readTarget, type PushHandler } from './push-intake';

export interface Webhook extends PushHandler {
  /** Id of its node. */
  readonly node: string;
  /** Id of the gateway node that it belongs to. */
  readonly gateway: string;
  readonly path: string;
  readonly allow: AllowList;
  /** Told at once, and whenever it changes: another webhook may have the same path, and then the first has it. */
  listening(yes: boolean): void;
}

/** A request as Express hands it on: `ip` is the sender's, found behind proxies that Node-RED is told to trust. */
type ExpressRequest = IncomingMessage & { readonly ip?: string | undefined };

interface Layer {
  readonly handle: unknown;
}

/** An Express application, of version 4 or 5. */
interface App {
  use(path: string, handler: (request: ExpressRequest, response: ServerResponse) => void): unknown;
  readonly _router?: { stack: Layer[] };
  readonly router?: { stack: Layer[] };
}

class Open {
  readonly intake: PushIntake;
  /** Runs while a deploy has taken its node away. */
  #away: NodeJS.Timeout | undefined;

  constructor(
    readonly webhook: Webhook,
    private readonly end: () => void,
  ) {
    this.intake = new PushIntake(webhook);
  }

  /** Goes on for a while: most vendors push what they have to tell once, whether anybody is there or not. */
  leave(): void {
    this.#away = setTimeout(this.end, AWAY).unref();
  }

  /** Makes room for what comes after it, if a deploy has taken its node away; it still takes what it is reading. */
  giveWay(): void {
    if (!this.#away) return;
    clearTimeout(this.#away);
    this.end();
  }

  close(): void {
    clearTimeout(this.#away);
    this.intake.close();
    this.end();
  }
}

class Router {
  readonly #app: App;
  /** By the digest of the path those that want it; the first has it. */
  readonly #open = new Map<string, Open[]>();
  readonly #keepBodiesWhole: () => () => void;
  #parseBodies = (): void => undefined;

  /** `keepWhole` lets bodies come as they were sent, until what it gives is called. */
  constructor(app: App, keepWhole: () => () => void) {
    this.#app = app;
    this.#keepBodiesWhole = keepWhole;
  }

  /** Gives what closes it; `removed`: no deploy is going on that brings its node back. */
  open(webhook: Webhook): (removed: boolean) => void {
    const key = digest(webhook.path);
    for (const [name, opened] of this.#open) {
      for (const each of opened) if (name === key || each.webhook.node === webhook.node) each.giveWay();
    }
    const rivals = this.#open.get(key) ?? [];
    const mine = new Open(webhook, () => {
      this.#drop(key, mine);
    });
    if (this.#open.size === 0) {
      this.#app.use(`/${WEBHOOK_FOLDER}`, this.#handle);
      this.#parseBodies = this.#keepBodiesWhole();
    }
    this.#open.set(key, [...rivals, mine]);
    webhook.listening(rivals.length === 0);
    return (removed) => {
      if (removed) mine.close();
      else mine.leave();
    };
  }

  #drop(key: string, mine: Open): void {
    const all = this.#open.get(key) ?? [];
    const left = all.filter((each) => each !== mine);
    if (left.length === all.length) return;
    if (left.length > 0) this.#open.set(key, left);
    else this.#open.delete(key);
    if (this.#open.size === 0) this.#leave();
    if (all[0] === mine) left[0]?.webhook.listening(true);
  }

  /** The path of a gateway's first webhook that listens. */
  pathOf(gateway: string): string | undefined {
    return [...this.#open.values()].find(([first]) => first?.webhook.gateway === gateway)?.[0]?.webhook.path;
  }

  readonly #handle = (request: ExpressRequest, response: ServerResponse): void => {
    const target = readTarget(request.url ?? '/');
    const found = this.#open.get(digest(target.secret))?.[0];
    if (!found) answer(request, response, NOT_FOUND);
    else if (!found.webhook.allow.allows(request.ip ?? request.socket.remoteAddress)) {
      answer(request, response, FORBIDDEN);
    } else {
      found.intake.serve(request, response, target).catch(() => {
        response.destroy();
      });
    }
  };

  /** A new list, not a change of the one that requests under way are walking along. */
  #leave(): void {
    this.#parseBodies();
    // Express 4 throws at `router`.
    const router = this.#app._router ?? this.#app.router;
    if (router) router.stack = router.stack.filter(({ handle }) => handle !== this.#handle);
  }
}

const routers = new WeakMap<App, Router>();

/** Opens a webhook. Gives what closes it, as `Router.open` does. Node-RED must serve HTTP nodes: see `httpNodeRoot`. */
export function openWebhook(red: NodeAPI, webhook: Webhook): (removed: boolean) => void {
  const app = red.httpNode as unknown as App;
  let router = routers.get(app);
  if (!router) {
    const path = joinUrl('', httpNodeRoot(red) || '/', WEBHOOK_FOLDER);
    router = new Router(app, () => keepBodiesWhole(red.server, path));
    routers.set(app, router);
  }
  return router.open(webhook);
}

/** `httpNodeRoot` as it counts: `false` where Node-RED serves no HTTP nodes. */
export function httpNodeRoot(red: NodeAPI): string | false {
  const { httpNodeRoot: root } = red.settings;
  if (root === false || typeof red.httpNode !== 'function') return false;
  return root ?? '/';
}

/** Where the vendor reaches the first webhook that listens for a gateway; nothing where it cannot. */
export function webhookUrl(red: NodeAPI, gateway: string, publicUrl: string): string | undefined {
  const root = httpNodeRoot(red);
  if (publicUrl === '' || root === false) return undefined;
  const path = routers.get(red.httpNode)?.pathOf(gateway);
  return path === undefined ? undefined : joinUrl(publicUrl, root, WEBHOOK_FOLDER, path);
}

function digest(path: string): string {
  return createHash('sha256').update(path).digest('base64');
}
