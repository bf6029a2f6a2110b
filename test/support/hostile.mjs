/**
 * A stranger who knows the secret path of a webhook, in a process of its own: `node hostile.mjs <attack> <url>`. It says
 * what was answered as JSON when it is through. Loopback only, and every attack has an end.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { clearInterval, setInterval } from 'node:timers';

const [attack, address] = process.argv.slice(2);
const url = new URL(address);
if (url.hostname !== '127.0.0.1') throw new Error('loopback only');

const MIB = 1024 * 1024;
const agent = new Agent({ keepAlive: true, maxSockets: 40 });
const statuses = {};
const count = (what) => (statuses[what] = (statuses[what] ?? 0) + 1);

function send(path, body, headers = {}, method = 'POST') {
  return new Promise((resolve) => {
    let said = false;
    const end = (what) => {
      if (!said) count(what);
      said = true;
      resolve();
    };
    const outgoing = request(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path,
        method,
        headers: { 'content-length': body.length, ...headers },
      },
      (incoming) => {
        incoming.resume().on('end', () => end(incoming.statusCode));
        incoming.on('error', () => end('broken'));
      },
    );
    outgoing.on('error', () => end('broken'));
    outgoing.end(body);
  });
}

/** So many at once that the connections are all in use. */
async function all(jobs) {
  const waiting = jobs[Symbol.iterator]();
  const worker = async () => {
    for (const job of waiting) await job();
  };
  await Promise.all(Array.from({ length: 40 }, worker));
}

/** A socket that says a byte now and then until it is told to go. */
function dawdle(index) {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk) => (text += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(count(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 'nothing'));
    });
    const length = index % 2 === 0 ? 'content-length: 1000' : 'transfer-encoding: chunked';
    socket.write(`POST ${url.pathname} HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n`);
    const timer = setInterval(() => socket.write(index % 2 === 0 ? 'x' : '1\r\nx\r\n'), 1000);
  });
}

const path = url.pathname;
const root = path.slice(0, path.lastIndexOf('/') + 1);
const secret = path.slice(root.length);

const BOMBS = [
  '['.repeat(MIB),
  `${'['.repeat(MIB / 2)}${']'.repeat(MIB / 2)}`,
  '{"a":'.repeat(MIB / 5),
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  `[${'1'.repeat(MIB - 2)}]`,
  `{"taskID":${'9'.repeat(MIB - 20)}}`,
  `[1e${'9'.repeat(1000)}]`,
  `{${Array.from({ length: 80_000 }, (_, index) => `"k${index}":1`).join()}}`,
  `{"taskID":"1.2",${Array.from({ length: 80_000 }, (_, index) => `"k${index}":1`).join()}}`,
  `[${'{},'.repeat(300_000)}{}]`,
  `"${'\\'.repeat(MIB - 2)}`,
  `{"a":"${'\\u0000'.repeat(170_000)}`,
  ','.repeat(MIB),
  `[${','.repeat(MIB - 2)}]`,
  `${'\n'.repeat(MIB - 2)}[`,
  `[${'"",'.repeat(300_000)}`,
  `rpts=${'1,'.repeat(MIB / 2 - 3)}`,
  `rpts=${';'.repeat(MIB - 5)}`,
  `mos=${'%'.repeat(MIB - 4)}`,
  'a=b&'.repeat(MIB / 4),
  'Sender: '.repeat(MIB / 8),
];

const PROTO = [
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  '[{"__proto__":{"polluted":1},"flag":"__proto__","mid":"__proto__","stat":"constructor"}]',
  '{"type":"__proto__","__proto__":{"type":"recv-sms","sms":[["__proto__"]]}}',
  '{"taskID":"__proto__.constructor","err_code":"constructor"}',
  '__proto__=1&constructor[prototype][polluted]=1&rpts=__proto__,constructor,toString,hasOwnProperty',
  '__proto__[polluted]=1',
];

const ATTACKS = {
  paths: () =>
    all(
      Array.from({ length: 2000 }, (_, index) => () => {
        const guess =
          index % 3 === 0
            ? secret.slice(0, index % secret.length)
            : randomBytes(8 + (index % 40)).toString('base64url');
        return send(
          `${root}${guess}${['', '/', '/report', '/../', '%00', '?x'][index % 6]}${index}`,
          Buffer.from('{}'),
        );
      }),
    ),
  oversize: () =>
    all(Array.from({ length: 60 }, (_, index) => () => send(path, Buffer.alloc(MIB * (2 + (index % 3)), '[')))),
  dawdle: () => Promise.all(Array.from({ length: 1000 }, (_, index) => dawdle(index))),
  bombs: () => all(BOMBS.map((bomb) => () => send(path, Buffer.from(bomb), { 'content-type': 'application/json' }))),
  proto: () =>
    all(
      PROTO.flatMap((text) => [
        () => send(path, Buffer.from(text)),
        () => send(path, Buffer.from(text), { 'content-type': 'application/x-www-form-urlencoded' }),
        () => send(`${path}/__proto__?${encodeURI(text)}`, Buffer.alloc(0), {}, 'GET'),
      ]),
    ),
  random: () =>
    all(
      Array.from({ length: 5000 }, (_, index) => () => {
        const body = randomBytes(1 + Math.floor(Math.random() * 600));
        return send(`${path}${['', '/report', '/mo', '?a=%'][index % 4]}`, body, {
          'content-type': ['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'x'][index % 4],
        });
      }),
    ),
};

await ATTACKS[attack]();
agent.destroy();
console.log(JSON.stringify(statuses));
