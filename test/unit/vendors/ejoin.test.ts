/** The ejoin driver against its document: requests as they leave. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Attachment, OptionValues } from '../../../nodes/vendors/driver';
import { ONE, open, request, type Body, type Json } from './ejoin-device';

describe('ejoin: the request of a send (6.3.1)', () => {
  it('is what the sample of 6.4.3 says, with version and login in the query', async () => {
    const { account, requests, body } = open();
    const answer = await account.send(ONE);
    assert.equal(requests[0]?.method, 'POST');
    assert.equal(
      requests[0].url,
      'http://192.168.1.67/goip_post_sms.html?version=1.1&username=root&password=r%26o%3Fo%3Dt%20%231%25',
    );
    assert.deepEqual(requests[0].headers, { 'content-type': 'application/json;charset=utf-8' });
    assert.deepEqual(body(), {
      type: 'send-sms',
      task_num: 1,
      tasks: [{ tid: 5011, to: '13686876620', sms: 'hello123' }],
    });
    assert.deepEqual(answer.results, [{ state: 'accepted', id: '5011' }]);
    assert.deepEqual((answer.raw as Json).code, 200);
  });

  it('keeps a path in front of the calls', async () => {
    const { account, requests } = open({ url: ' https://proxy.example:8443/gw//' });
    await account.send(ONE);
    assert.match(requests[0]!.url, /^https:\/\/proxy\.example:8443\/gw\/goip_post_sms\.html\?version=1\.1&/);
  });

  it('gives each recipient a task and a tid of its own, whatever the text', async () => {
    const { account, reserved, body } = open();
    const items = [
      { text: 'a', to: ['10010', '+8613800000001'] },
      { text: 'b', to: ['10010'] },
    ];
    const { results } = await account.send({ items, options: {}, wantReports: false });
    assert.deepEqual(reserved, [3]);
    assert.equal(body().task_num, 3);
    assert.deepEqual(body().tasks, [
      { tid: 5011, to: '10010', sms: 'a' },
      { tid: 5012, to: '+8613800000001', sms: 'a' },
      { tid: 5013, to: '10010', sms: 'b' },
    ]);
    assert.deepEqual(
      results.map((result) => 'id' in result && result.id),
      ['5011', '5012', '5013'],
    );
  });

  it('carries every task parameter of 6.3.1.3', async () => {
    const { account, body } = open();
    const options = {
      from: '2',
      chs: 'base64',
      coding: 1,
      smstype: 1,
      smstitle: ' Title; "x" ',
      attachments: [
        { type: 'txt', content: Buffer.from([206, 196, 177, 190]) },
        { type: 'jpg', content: Buffer.from([0xff, 0xd8]) },
      ] satisfies Attachment[],
      smsc: '+8613800755500',
      intvl: '500 - 1000',
      tmo: 45,
      sdr: 1,
      fdr: 0,
      dr: 1,
      sr_prd: 0,
      sr_cnt: 3,
      maxLength: 300,
    };
    await account.send(request(['10086'], { options }));
    assert.deepEqual(body().tasks, [
      {
        tid: 5011,
        from: '2',
        to: '10086',
        sms: 'aGVsbG8xMjM=',
        chs: 'base64',
        coding: 1,
        smstype: 1,
        smstitle: ' Title; "x" ',
        attachments: 'txt|zsSxvg==;jpg|/9g=',
        smsc: '+8613800755500',
        intvl: '500-1000',
        tmo: 45,
        sdr: 1,
        fdr: 0,
        dr: 1,
        sr_prd: 0,
        sr_cnt: 3,
      },
    ]);
  });

  it('leaves a title out of an SMS', async () => {
    const { account, body } = open();
    await account.send(request(['10086'], { options: { smstitle: 'T', smstype: 0 } }));
    assert.equal('smstitle' in body().tasks[0]!, false);
  });

  it('asks for reports where somebody wants them, unless the options say otherwise', async () => {
    const { account, body } = open();
    await account.send({ ...ONE, wantReports: true });
    await account.send({ ...ONE, wantReports: true, options: { dr: 0, fdr: false } });
    const flags = (index: number): unknown[] => ['sdr', 'fdr', 'dr'].map((name) => body(index).tasks[0]![name]);
    assert.deepEqual(flags(0), [1, 1, 1]);
    assert.deepEqual(flags(1), [1, 0, 0]);
  });

  it('names the callback for reports and inbound, in the form that needs a count', async () => {
    const callbackUrl = 'http://192.168.1.10:1880/smswire/a%20b';
    const { account, body } = open();
    await account.send({ ...ONE, callbackUrl });
    const { tasks, ...whole } = body();
    assert.equal(tasks.length, 1);
    assert.deepEqual(whole, {
      type: 'send-sms',
      sr_url: callbackUrl,
      sms_url: callbackUrl,
      sms_cnt: 2,
      sms_prd: 5,
      task_num: 1,
    });
    const options = { reportCount: 10, reportPeriod: 2, inboundCount: 7, inboundPeriod: 1 };
    await account.send({ ...ONE, callbackUrl, options });
    const { sr_cnt, sr_prd, sms_cnt, sms_prd } = body(1);
    assert.deepEqual([sr_cnt, sr_prd, sms_cnt, sms_prd], [10, 2, 7, 1]);
    assert.equal('sr_cnt' in body(1).tasks[0]!, false, 'the task has its own sr_cnt');
    await account.send({ ...ONE, options });
    assert.equal('sr_url' in body(2) || 'sms_url' in body(2), false);
  });

  it('sends any text exactly', async () => {
    const nasty = [
      '&a=%20+#"\'<>\\',
      'line\r\nbreak\ttab',
      '😀👩‍👩‍👧',
      '{"tid":1}',
      '【签名】中文',
      '\u2028\u0007',
      '{{x}}',
      ' ',
    ];
    for (const chs of [undefined, 'utf8', 'base64']) {
      for (const text of nasty) {
        const { account, body } = open();
        assert.equal(account.checkText(text, { chs }), undefined, text);
        await account.send({ items: [{ text, to: ['10086'] }], options: { chs }, wantReports: false });
        const sms = String(body().tasks[0]!.sms);
        assert.equal(chs === 'base64' ? Buffer.from(sms, 'base64').toString('utf8') : sms, text);
        assert.equal(body().tasks.length, 1);
      }
    }
  });

  it('carries any text or refuses it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 320 }), async (text) => {
        const { account, body } = open();
        if (account.checkText(text, {})) return;
        await account.send({ items: [{ text, to: ['10086'] }], options: {}, wantReports: false });
        assert.equal(body().tasks[0]!.sms, text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('ejoin: the choice of the port (6.3.1.3, notes)', () => {
  const from = (body: Body): unknown[] => body.tasks.map((task) => task.from);

  it('takes the ports of the gateway in turn, one for each SMS, over requests', async () => {
    const { account, body } = open({ options: { ports: '1A, 2.02,7-8' } });
    await account.send(request(['1001', '1002', '1003'], { options: { ports: '1A, 2.02,7-8' } }));
    await account.send(request(['1004', '1005'], { options: { ports: '1A, 2.02,7-8' } }));
    assert.deepEqual([...from(body(0)), ...from(body(1))], ['8', '1A', '2B', '7', '8']);
  });

  it("prefers the message's port, and leaves the choice to the device for 'all' and blank", async () => {
    const cases: [unknown, unknown][] = [
      ['3', '3'],
      [4, '4'],
      ['12.sp256.101', '12.sp256.101'],
      ['all', undefined],
      ['*', undefined],
      ['', '1'],
    ];
    for (const [option, sent] of cases) {
      const { account, body } = open();
      await account.send(request(['10086'], { options: { ports: '1', from: option } }));
      assert.deepEqual(from(body()), [sent]);
    }
    const { account, body } = open();
    await account.send(request(['10086'], { options: { ports: 'ALL' } }));
    assert.deepEqual(from(body()), [undefined]);
  });

  it('refuses several ports for one recipient before anything is sent', () => {
    const { account } = open();
    const check = (options: OptionValues, recipients: number) => account.checkMessage?.(options, recipients);
    const params = { field: 'from', other: 'perPort' };
    const refusal = { code: 'invalid-message', detail: 'ejoin-per-port', params };
    assert.deepEqual(check({ from: '1,2' }, 1), refusal);
    assert.equal(check({ from: '1,2' }, 2), undefined);
    assert.equal(check({ from: '1,2', perPort: true }, 1), undefined);
    assert.equal(check({ ports: '1,2' }, 1), undefined);
  });

  it('takes the named ports in turn for what is left of a message to several', async () => {
    const { account, body } = open();
    await account.send(request(['10086'], { options: { from: '1,2' } }));
    await account.send(request(['10010'], { options: { from: '1,2' } }));
    assert.deepEqual([from(body(0)), from(body(1))], [['2'], ['1']]);
  });

  it('sends one copy from each port where perPort asks for it', async () => {
    const { account, body } = open();
    await account.send(request(['1001', '1002'], { options: { from: '1,2D,4-6', perPort: true, intvl: '900' } }));
    assert.deepEqual(
      body().tasks.map((task) => [task.tid, task.from, task.to, task.intvl]),
      [
        [5011, '1,2D,4-6', '1001', '900'],
        [5012, '1,2D,4-6', '1002', '900'],
      ],
    );
    await account.send(request(['1001'], { options: { ports: '3,5', perPort: true } }));
    assert.deepEqual(from(body(1)), ['3,5']);
    const none = account.checkText('a', { perPort: true, from: 'all' });
    assert.deepEqual(
      [none?.code, none?.detail, none?.params?.field],
      ['invalid-message', 'ejoin-per-port-none', 'perPort'],
    );
  });

  it("spreads several recipients over the message's ports", async () => {
    const { account, body } = open();
    await account.send(request(['1001', '1002', '1003'], { options: { from: '1,2' } }));
    assert.deepEqual(from(body()), ['2', '1', '2']);
  });

  it('puts recipients with an interval into one task that names all ports', async () => {
    const { account, reserved, body } = open();
    const items = [
      { text: 'a', to: ['1001', '1002'] },
      { text: 'b', to: ['1003'] },
    ];
    const options = { ports: '1,2', intvl: '100-200' };
    const { results } = await account.send({ items, options, wantReports: false });
    assert.deepEqual(reserved, [2]);
    assert.deepEqual(body().tasks, [
      { tid: 5011, from: '1,2', to: '1001,1002', sms: 'a', intvl: '100-200' },
      { tid: 5012, from: '1', to: '1003', sms: 'b', intvl: '100-200' },
    ]);
    assert.deepEqual(
      results.map((result) => 'id' in result && result.id),
      ['5011', '5011', '5012'],
    );
    await account.send(request(['1001', '1002'], { options: { intvl: '0' } }));
    assert.equal(body(1).tasks.length, 2, 'no interval is asked for');
  });
});
