/**
 * The vendor that all are measured against: it takes everything at once, does as little as it can, and is a process of its
 * own. `sendsms` as of DBL's document, `sms` as of SMS57's; `POST /hold` makes it keep its answers back, `/release` ends that.
 * Prints its port, and ends with its parent.
 */
import { createServer } from 'node:http';
import { URLSearchParams } from 'node:url';

let ids = 0;
let requests = 0;
/** Epoch milliseconds of the first send since `/hold`, `/release` or the start. */
let firstAt = 0;
let held;

const JSON_HEADERS = { 'content-type': 'application/json' };

function answerTo(url, body) {
  if (url.includes('sendsms')) return `{"result":"ACCEPT","taskID":"${++ids}"}`;
  const parameters = new URLSearchParams(body);
  const mobiles = (parameters.get('mobile') ?? '').split(',');
  const list = mobiles.map((mobile) => ({ mid: String(++ids), mobile, result: 0 }));
  return JSON.stringify({ status: 0, balance: 1, list });
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { url } = request;
    if (url === '/hold' || url === '/release') {
      const waiting = held ?? [];
      held = url === '/hold' ? [] : undefined;
      [requests, firstAt] = [0, 0];
      for (const each of waiting) each();
      response.end('ok');
      return;
    }
    if (url === '/count') {
      response.end(JSON.stringify({ requests, ids, firstAt }));
      return;
    }
    const body = Buffer.concat(chunks).toString('latin1');
    requests++;
    firstAt ||= Date.now();
    const answer = () => {
      const text = answerTo(url, body);
      response.writeHead(200, { ...JSON_HEADERS, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    if (held) held.push(answer);
    else answer();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
