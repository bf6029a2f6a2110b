import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { contentTypeOf, keepBodiesWhole } from '../../../nodes/runtime/whole-bodies';

const JSON_TYPE = 'application/json;charset=utf-8';

describe('bodies of pushes', () => {
  it('are hidden from whoever parses by their type, and no others', async () => {
    const seen: [url: string | undefined, shown: string | undefined, real: string][] = [];
    const server = createServer((request: IncomingMessage, response) => {
      seen.push([request.url, request.headers['content-type'], contentTypeOf(request)]);
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const post = async (path: string): Promise<void> => {
      await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { 'content-type': JSON_TYPE },
        body: '{}',
      });
    };
    const end = keepBodiesWhole(server, '/red/smswire');
    for (const path of ['/red/smswire/secret?a=1', '/RED/smswire', '/red/smswirex', '/flows']) await post(path);
    end();
    await post('/red/smswire/secret');
    server.close();
    const hidden = 'application/octet-stream';
    assert.deepEqual(seen, [
      ['/red/smswire/secret?a=1', hidden, JSON_TYPE],
      ['/RED/smswire', hidden, JSON_TYPE],
      ['/red/smswirex', JSON_TYPE, JSON_TYPE],
      ['/flows', JSON_TYPE, JSON_TYPE],
      ['/red/smswire/secret', JSON_TYPE, JSON_TYPE],
    ]);
  });

  it('come as they do where Node-RED has no server of its own', () => {
    assert.doesNotThrow(() => {
      keepBodiesWhole(undefined, '/smswire')();
      keepBodiesWhole({} as never, '/smswire')();
    });
  });
});
