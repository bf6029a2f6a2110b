/** The HTTP server of the demonstration. */
import { createServer } from 'node:http';
import { Trouble } from './trouble.mjs';

export const HOST = '127.0.0.1';
/** Ports tried after one that is taken. */
const TRIES = 50;

/** A server that listens on `port`, or on the next one that is free. 0 takes any. */
export async function listen(port, say) {
  const server = createServer();
  for (let next = port; next <= Math.min(port + TRIES, 65_535); next++) {
    const problem = await listenOn(server, next);
    if (problem === undefined) {
      if (next !== port) say(`Port ${port} is taken: the editor is at port ${next}.`);
      return server;
    }
    if (problem === 'EACCES')
      throw new Trouble(`Port ${next} needs more rights than you have: choose one with --port.`);
    if (problem !== 'EADDRINUSE') throw new Trouble(`Nothing can listen on ${HOST}:${next} (${problem}).`);
  }
  throw new Trouble(`Port ${port} and those after it are taken: choose another one with --port.`);
}

/** The code of the error, if there is one. */
function listenOn(server, port) {
  return new Promise((resolve) => {
    const fail = (error) => resolve(error.code ?? error.message);
    server.once('error', fail);
    server.listen(port, HOST, () => {
      server.off('error', fail);
      resolve(undefined);
    });
  });
}
