/** Turns a gateway's config node into the gateway that the engine works with. */
import { createHash } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SmsError, failure } from '../core/failure';
import { GATEWAY_LIMITS } from '../core/gateway-limits';
import { convertOptions, readBoolean, readNumber } from '../core/option';
import { isZone, readDaySpan } from '../core/time';
import type { DoubtRule, Gateway } from '../engine/gateway';
import type { AccountConfig, Driver } from '../vendors/driver';
import { VENDORS } from '../vendors/registry';
import { isPublicUrl } from './callback-url';
import { Discretion } from './discretion';
import { engineOf } from './engine';
import { resolveVariables } from './environment';
import { HttpClient, type HttpSettings } from './http';
import { showRefusal } from './push-refusals';
import { leasePushUrl, type PushLease } from './simulated-pushes';
import { canSimulate, leaseSimulator, type SimulatorLease } from './simulators';
import { webhookUrl } from './webhooks';

/** What a gateway node saves into the flow (contract, section 2). */
export interface GatewayDef extends NodeDef {
  vendor: string;
  simulate: unknown;
  url: unknown;
  publicUrl: unknown;
  timezone: unknown;
  country: unknown;
  rate: unknown;
  window: unknown;
  timeout: unknown;
  tls: string;
  proxy: string;
  doubt: unknown;
  doubtAfter: unknown;
  quietHours: unknown;
  optOut: unknown;
  options: unknown;
}

export interface GatewayCredentials {
  accountId?: string;
  username?: string;
  password?: string;
}

export interface OpenGateway {
  readonly gateway: Gateway;
  /** It talks to a simulator: nothing is really sent. */
  readonly simulated: boolean;
  /** Where the simulator is, for whoever wants to make an SMS arrive there. */
  readonly simulatorUrl?: string;
  /** `removed`: the gateway does not come back in this deploy. */
  close(removed: boolean): Promise<void>;
}

/** The config node, as nodes that refer to it see it. */
export interface GatewayNode extends Node<GatewayCredentials> {
  /** As it is configured, be it right or wrong. */
  vendor: string;
  /** Nothing where the configuration is broken. */
  opened: Promise<OpenGateway | undefined>;
}

/** The gateway node with an id, as it is now: a deploy may have replaced it. */
export function gatewayNode(red: NodeAPI, id: string | undefined): GatewayNode | undefined {
  const node = id ? (red.nodes.getNode(id) as GatewayNode | null) : undefined;
  return node && 'opened' in node ? node : undefined;
}

export type Notice = (key: string, params?: Readonly<Record<string, string | number>>) => void;

export const DEFAULT_ZONE = 'Asia/Shanghai';
export const DEFAULT_COUNTRY = '86';

/** Rejects with an `SmsError` of code `invalid-config` that names what has to be mended. */
export async function openGateway(
  red: NodeAPI,
  node: Node<GatewayCredentials>,
  saved: GatewayDef,
  notice: Notice,
): Promise<OpenGateway> {
  const lookUp = (name: string): unknown => red.util.evaluateNodeProperty(name, 'env', node, {});
  const def = resolveVariables(saved, lookUp);
  const driver = VENDORS.get(def.vendor);
  if (!driver) throw invalid('vendor', { field: 'vendor' });
  const simulated = readFlag(def.simulate, 'simulate');
  const settings = readSettings(def, driver);
  const typed = readAccount(def, node.credentials, driver, settings, lookUp);
  const http = readHttp(red, def, settings, simulated);
  const publicUrl = simulated ? '' : readPublicUrl(def, lookUp);
  const lease = simulated ? await leaseOf(driver.id) : undefined;
  let pushes: PushLease | undefined;
  try {
    const config = lease ? simulatedAccount(typed, lease) : typed;
    const address = driver.address?.(config) ?? addressOf(config.url);
    const accountKey = digest(driver.id, address, config.accountId, config.username);
    const client = new HttpClient(http);
    const discretion = new Discretion([config.password, typed.password]);
    // A device knows the ids of all its logins.
    const reserveIds = (count: number): Promise<number> => engineOf(red).ids.reserve(digest(driver.id, address), count);
    const account = driver.open(config, {
      http: discretion.watch(client.call),
      now: () => Date.now(),
      nextIds: reserveIds,
      notice,
    });
    if (lease) pushes = await pushesOf(red, node.id, accountKey, config, lease);
    const { quietHours } = settings;
    const { rate, window, doubt, doubtAfter, optOut, timezone, country, options } = settings;
    const gateway: Gateway = {
      id: node.id,
      name: def.name || driver.id,
      vendor: driver.id,
      accountKey,
      fingerprint: digest(accountKey, JSON.stringify([config, rate, window, http])),
      ...{ rate, window, doubt, doubtAfter, optOut, timezone, country, options, driver },
      account: discretion.over(account),
      ...(quietHours ? { quietHours } : {}),
      reserveIds,
      discreet: (words) => discretion.discreet(words),
      callbackUrl: () => pushes?.url ?? webhookUrl(red, node.id, publicUrl),
    };
    return {
      gateway,
      simulated,
      ...(lease ? { simulatorUrl: new URL(lease.simulator.url).origin } : {}),
      close: async (removed) => {
        // Calls under way go on to their end; nobody waits for them here.
        client.close().catch(() => undefined);
        await pushes?.release(removed);
        await lease?.release(removed);
      },
    };
  } catch (error) {
    await pushes?.release(true);
    await lease?.release(true);
    throw error;
  }
}

interface Settings {
  readonly rate: number;
  readonly window: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly doubt: DoubtRule;
  /** Milliseconds. */
  readonly doubtAfter: number;
  readonly quietHours?: Gateway['quietHours'];
  readonly optOut: boolean;
  readonly timezone: string;
  readonly country: string;
  readonly options: Gateway['options'];
}

type LookUp = (name: string) => unknown;

function readSettings(def: GatewayDef, driver: Driver): Settings {
  const number = (field: keyof typeof GATEWAY_LIMITS, otherwise: number): number => {
    const { min, max } = GATEWAY_LIMITS[field];
    const value = def[field];
    if (isBlank(value)) return otherwise;
    const read = readNumber(value);
    if (read === undefined || read < min || read > max) throw invalid('number', { field, min, max });
    return read;
  };
  const text = (field: 'timezone' | 'country' | 'doubt' | 'quietHours', otherwise: string): string => {
    const value = def[field];
    return isBlank(value) ? otherwise : String(value).trim();
  };
  const timezone = text('timezone', DEFAULT_ZONE);
  if (!isZone(timezone)) throw invalid('timezone', { field: 'timezone' });
  const country = text('country', DEFAULT_COUNTRY).replace(/^(\+|00)/, '');
  if (!/^\d{1,4}$/.test(country)) throw invalid('country', { field: 'country' });
  const doubt = text('doubt', 'hold');
  if (doubt !== 'hold' && doubt !== 'resend' && doubt !== 'failover') throw invalid('doubt', { field: 'doubt' });
  const hours = text('quietHours', '');
  const quietHours = hours === '' ? undefined : readDaySpan(hours);
  if (hours !== '' && !quietHours) throw invalid('quiet-hours', { field: 'quietHours' });
  const options = def.options ?? {};
  if (typeof options !== 'object' || Array.isArray(options)) throw invalid('options', { field: 'options' });
  const { defaultTimeout, defaultWindow } = driver.capabilities;
  const window = number('window', defaultWindow);
  return {
    rate: number('rate', 0),
    window: Math.floor(window),
    timeout: number('timeout', defaultTimeout) * 1000,
    doubt,
    doubtAfter: number('doubtAfter', 0) * 1000,
    ...(quietHours ? { quietHours } : {}),
    optOut: readFlag(def.optOut, 'optOut'),
    timezone,
    country,
    options: convertOptions(driver.options, options as Record<string, unknown>, 'gateway'),
  };
}

function readAccount(
  def: GatewayDef,
  credentials: GatewayCredentials | undefined,
  driver: Driver,
  { options, timezone, country }: Settings,
  lookUp: LookUp,
): AccountConfig {
  const read = (value: unknown): string => {
    const resolved = resolveVariables(value, lookUp);
    return isBlank(resolved) ? '' : String(resolved);
  };
  const credential = (name: 'accountId' | 'username' | 'password'): string =>
    driver.fields.credentials.includes(name) ? read(credentials?.[name]) : '';
  return {
    url: read(def.url).trim(),
    accountId: credential('accountId').trim(),
    username: credential('username').trim(),
    password: credential('password'),
    options,
    timezone,
    country,
  };
}

/**
 * The account of a simulated gateway: what was typed tells gateways apart, and the password is the simulator's. The one
 * that was typed is not used, for nothing needs it.
 */
function simulatedAccount(typed: AccountConfig, { simulator }: SimulatorLease): AccountConfig {
  const { accountId, username, password } = simulator.account;
  const account = { accountId: typed.accountId || accountId, username: typed.username || username, password };
  if (account.accountId !== accountId || account.username !== username) simulator.addAccount(account);
  return { ...typed, ...account, url: simulator.url };
}

/** A typed address in a form in which two ways to write it are equal. */
function addressOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname, search } = new URL(url);
  return origin + pathname.replace(/\/+$/, '') + search;
}

async function leaseOf(vendor: string): Promise<SimulatorLease> {
  if (!canSimulate(vendor)) throw invalid('no-simulator', { field: 'simulate' });
  try {
    return await leaseSimulator(vendor);
  } catch {
    throw invalid('simulator-start', { field: 'simulate' });
  }
}

/** Pushes of a simulated account come by a way of their own: to the engine, and to the outputs of its webhook nodes. */
async function pushesOf(
  red: NodeAPI,
  gateway: string,
  accountKey: string,
  { accountId, username }: AccountConfig,
  { simulator }: SimulatorLease,
): Promise<PushLease> {
  try {
    return await leasePushUrl(
      { key: accountKey, login: { accountId, username }, simulator },
      {
        take: (push) => engineOf(red).events.takePush(gateway, push),
        refused: (push, outcome) => {
          showRefusal(accountKey, push, outcome).catch(() => undefined);
        },
      },
    );
  } catch {
    throw invalid('simulator-start', { field: 'simulate' });
  }
}

/** Where the vendor or device reaches this Node-RED; blank where it cannot. */
function readPublicUrl(def: GatewayDef, lookUp: LookUp): string {
  const value = resolveVariables(def.publicUrl, lookUp);
  const text = isBlank(value) ? '' : String(value).trim();
  if (text !== '' && !isPublicUrl(text)) throw invalid('public-url', { field: 'publicUrl' });
  return text;
}

function readHttp(red: NodeAPI, def: GatewayDef, { timeout, window }: Settings, simulated: boolean): HttpSettings {
  if (simulated) return { timeout, connections: window, proxy: 'none' };
  const tls = readTls(red, def.tls);
  return { timeout, connections: window, proxy: readProxy(red, def.proxy), ...(tls ? { tls } : {}) };
}

function readTls(red: NodeAPI, id: string): ConnectionOptions | undefined {
  if (!id) return undefined;
  const node = red.nodes.getNode(id) as (Node & { addTLSOptions?: (options: ConnectionOptions) => void }) | null;
  if (!node?.addTLSOptions) throw invalid('no-such-node', { field: 'tls' });
  const options: ConnectionOptions = {};
  node.addTLSOptions(options);
  return options;
}

/** The core's proxy node. Without a login it has no credentials at all, for there is a blank in the name of its type. */
interface ProxyNode {
  readonly url?: string;
  readonly noproxy?: readonly string[] | string;
  readonly credentials?: { readonly username?: string; readonly password?: string };
}

function readProxy(red: NodeAPI, id: string): HttpSettings['proxy'] {
  if (!id) return 'environment';
  const node = red.nodes.getNode(id) as ProxyNode | null;
  if (!node) throw invalid('no-such-node', { field: 'proxy' });
  try {
    const url = new URL(node.url ?? '');
    const { username, password } = node.credentials ?? {};
    if (username) url.username = encodeURIComponent(username);
    if (password) url.password = encodeURIComponent(password);
    return { url: url.href, except: [node.noproxy ?? []].flat() };
  } catch {
    throw invalid('proxy-url', { field: 'proxy' });
  }
}

function readFlag(value: unknown, field: string): boolean {
  if (isBlank(value)) return false;
  const flag = readBoolean(value);
  if (flag === undefined) throw invalid('boolean', { field });
  return flag;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function invalid(detail: string, params: Readonly<Record<string, string | number>>): SmsError {
  return new SmsError(failure('invalid-config', detail, params));
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
