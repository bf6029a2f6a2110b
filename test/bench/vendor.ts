/** The loopback vendor of the bench: see `vendor.mjs`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export class Vendor {
  private constructor(
    readonly url: string,
    readonly process: ChildProcess,
  ) {}

  static async start(): Promise<Vendor> {
    const child = spawn(process.execPath, [join(__dirname, 'vendor.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    return new Vendor(`http://127.0.0.1:${port.trim()}`, child);
  }

  /** Keeps all answers back from now on. */
  async hold(): Promise<void> {
    await fetch(`${this.url}/hold`, { method: 'POST' });
  }

  async release(): Promise<void> {
    await fetch(`${this.url}/release`, { method: 'POST' });
  }

  /** Requests and when the first of them came (epoch milliseconds, 0 = none), since the last of these calls; ids so far. */
  async count(): Promise<{ requests: number; firstAt: number; ids: number }> {
    return (await (await fetch(`${this.url}/count`)).json()) as { requests: number; firstAt: number; ids: number };
  }

  close(): void {
    this.process.kill();
  }
}
