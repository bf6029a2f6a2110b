/** TLS in front of a plain server of the test, with a certificate that nobody knows. */
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

const FOLDER = join(__dirname, '../fixtures/tls');

/** For `localhost` and 127.0.0.1, self-signed, so that it is its own authority; valid from 2020 to 2119. */
export const CERTIFICATE = join(FOLDER, 'certificate.pem');

export interface TlsFront {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens with TLS and passes what it hears on to the port of a plain server. */
export async function tlsInFrontOf(plainPort: number): Promise<TlsFront> {
  const options = { cert: readFileSync(CERTIFICATE), key: readFileSync(join(FOLDER, 'key.pem')) };
  const server = createServer(options, (near) => {
    const far = connect(plainPort, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
