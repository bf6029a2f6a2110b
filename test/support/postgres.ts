/** A real PostgreSQL of its own for a test: on loopback, in a folder of its own, gone at the end. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Where Debian's packages put each version; elsewhere it is found by its name. */
const DEBIAN = '/usr/lib/postgresql';
const USER = 'smswire';
export const PASSWORD = 'test-password';
/** Seconds. */
const PATIENCE = 30;

function program(name: string): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Why nothing can be tested against a real PostgreSQL here; `false` where it can. */
export const NO_POSTGRES =
  program('initdb') === undefined && 'no PostgreSQL found; install it (Debian: apt-get install postgresql)';

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export class Postgres {
  readonly #folder: string;
  readonly #owner = postgresUser();
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(
    folder: string,
    readonly port: number,
    /** Whether this process waits for it to be closed; it ends with this process at the latest. */
    private readonly holdsUp: boolean,
  ) {
    this.#folder = folder;
    process.once('exit', () => {
      this.#process?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
  }

  static async start({ holdsUp = true } = {}): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'smswire-postgres-'));
    const postgres = new Postgres(folder, await freePort(), holdsUp);
    const owner = postgres.#owner;
    if (owner) chownSync(folder, owner.uid, owner.gid);
    chmodSync(folder, 0o700);
    const data = join(folder, 'data');
    const options = [
      '--pgdata',
      data,
      '--username',
      USER,
      '--auth',
      'scram-sha-256',
      '--encoding',
      'UTF8',
      '--no-sync',
    ];
    const script = `printf '%s' '${PASSWORD}' > pw && '${program('initdb') ?? ''}' --locale C --pwfile pw ${options.join(' ')}`;
    execFileSync('sh', ['-c', script], { cwd: folder, stdio: 'pipe', ...owner });
    await postgres.restart();
    return postgres;
  }

  /** Address of a database, by default one that is always there. */
  url(name = 'postgres', password = PASSWORD): string {
    return `postgres://${USER}:${password}@127.0.0.1:${this.port}/${name}`;
  }

  /** A new, empty database; gives its address. */
  async createDatabase(): Promise<string> {
    const name = `test${++this.#databases}`;
    await this.run(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** One statement, on a connection of its own. */
  async run(statement: string, url = this.url()): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts the server again. */
  async restart(): Promise<void> {
    const args = ['-D', join(this.#folder, 'data'), '-p', String(this.port), '-k', this.#folder];
    const server = spawn(program('postgres') ?? 'postgres', [...args, '-c', 'listen_addresses=127.0.0.1'], {
      ...{ cwd: this.#folder, stdio: 'ignore' },
      ...this.#owner,
    });
    if (!this.holdsUp) server.unref();
    this.#process = server;
    const end = Date.now() + PATIENCE * 1000;
    for (;;) {
      try {
        await this.run('SELECT 1');
        return;
      } catch (error) {
        if (Date.now() > end || server.exitCode !== null) throw error;
        await sleep(100);
      }
    }
  }

  /** Stops the server as an operator does (SIGINT), or as a crash does (SIGQUIT): either breaks all connections. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const server = this.#process;
    if (server?.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  }

  async close(): Promise<void> {
    await this.stop('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
