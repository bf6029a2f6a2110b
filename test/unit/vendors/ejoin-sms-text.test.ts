/** The texts that an ejoin device carries (7.2.3, 8.2.3): base64 or not, NULs, headers, the time of a service centre. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readContent, readPlain, readScts } from '../../../nodes/vendors/ejoin/sms-text';
import { anyText } from '../../support/arbitraries';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** The second row of the sample of 8.2.3, without the line breaks of the page. */
const SAMPLE =
  '5bCK5pWs55qE55So5oi377yM5oKo5aW977yB5o6o6I2Q5oKo5L2/55So44CQ5omL5py66JCl5Lia5Y6F44CR5LiA56uZ5byP5YWN5rWB6YeP5pyN' +
  '5Yqh5bmz5Y+wIGh0dHA6Ly91LjEwMDEwLmNuL2R0Y2Qg77yM6L275p2+5p+l6K+i6K+d6LS544CB5L2Z6aKd5Y+K6K+m5Y2V77yb5oiW5Zue5aSN' +
  '5Lul5LiL5pWw5a2X5Luj56CB6I635Y+W5oKo6ZyA6KaB55qE5pyN5Yqh77yaDQoxMDEu5b2T5pyI6K+d6LS577ybDQoxMDIu5Y+v55So5L2Z6aKd' +
  '77ybDQowLuWNh+e6pzRH77ybDQoxLuivnei0ueWPiuenr+WIhu+8mw0KMi7otKbmiLfmn6Xor6LvvJsNCjMu5YWF5YC877ybDQo0LuWuouaIt+ac' +
  'jeWKoe+8mw0KNS7kuJrliqHlip7nkIbvvJsNCjYu5aKe5YC85Lia5Yqh77ybDQo3LuecgeS7veS4k+WMuu+8mw0KOS7ng63ngrnkv4PplIDjgIIN' +
  'CuW5v+S4nOiBlOmAmuOAggAAAAA=';

describe('ejoin: the text of an SMS', () => {
  it('is the sample without the NULs behind it', () => {
    const { text } = readContent(SAMPLE);
    assert.ok(
      text.startsWith('尊敬的用户，您好！推荐您使用【手机营业厅】一站式免流量服务平台 http://u.10010.cn/dtcd ，'),
    );
    assert.ok(text.endsWith('\r\n9.热点促销。\r\n广东联通。'));
    assert.ok(Buffer.from(SAMPLE, 'base64').toString().endsWith('。\0\0\0\0'));
    assert.equal(readContent(SAMPLE.replace(/(.{76})/g, '$1\r\n')).text, text, 'lines as in mail');
  });

  const texts = [
    '',
    'YES',
    '😀',
    '👨‍👩‍👧‍👦 é',
    '\ufeffx',
    ' blanks ',
    'a\0b',
    '\r\n',
    '字'.repeat(10_000),
    '😀'.repeat(5000),
    'SAME',
  ];
  for (const text of texts) {
    it(`is exact: ${JSON.stringify(text.slice(0, 12))}, ${text.length} units`, () => {
      assert.deepEqual(readContent(base64(text)), { text });
      assert.deepEqual(readContent(base64(`${text}\0\0\0`)), { text });
    });
  }

  it('is exact whatever is in it', () => {
    fc.assert(
      fc.property(anyText, (written) => {
        const text = written.replace(/\p{Surrogate}/gu, '').replace(/\0+$/, '');
        assert.equal(readContent(base64(text)).text, text);
      }),
    );
  });

  it('stays as it is where it is not base64 of UTF-8', () => {
    const plain = [
      'STOP',
      'TEST',
      'Hello',
      'Hello you',
      '退订',
      'YWJj=',
      'YWJjZB==',
      'YWJ',
      'YQ',
      '====',
      '=',
      'gICA',
      '/+8=',
      'YW Jj',
    ];
    for (const text of plain) assert.deepEqual(readContent(text), { text });
    assert.deepEqual(readContent('plain\0\0'), { text: 'plain' });
  });

  const block = 'Sender: 10086\r\nReceiver: 32.64.01\r\nSMSC: +8613800755500\r\nSCTS: 22081115303032\r\n\r\n';
  it('loses the block of headers, which is read', () => {
    const said = {
      sender: '10086',
      receiver: '32.64.01',
      smsc: '+8613800755500',
      at: Date.UTC(2022, 7, 11, 7, 30, 30),
    };
    assert.deepEqual(readContent(base64(`${block}您好\0\0`)), { text: '您好', ...said });
    assert.deepEqual(readContent(`${block}您好`), { text: '您好', ...said });
    assert.deepEqual(readPlain(`${block}${block}`), { text: block, ...said }, 'a second one is text');
    assert.deepEqual(readPlain(block), { text: '', ...said });
  });

  it('has headers that say nothing, or no usable time', () => {
    const blank = 'Sender: \r\nReceiver: \r\nSMSC: \r\nSCTS: soon\r\n\r\n';
    const said = { sender: undefined, receiver: undefined, smsc: undefined, at: undefined };
    assert.deepEqual(readPlain(`${blank}x`), { text: 'x', ...said });
  });

  it('keeps whatever only looks like such a block', () => {
    const others = [
      block.replaceAll('\r\n', '\n'),
      block.slice(0, -2),
      `x${block}`,
      `\r\n${block}`,
      block.replace('SMSC: +8613800755500\r\n', ''),
      block.replace('Sender', 'sender'),
      block.replace('Receiver: 32.64.01\r\n', 'Receiver: 1\r\nReceiver: 2\r\n'),
      'Sender: you know who',
    ];
    for (const text of others) assert.deepEqual(readPlain(text), { text });
  });

  it('takes no longer for NULs and headers without end', () => {
    const start = process.cpuUsage();
    readPlain('\0'.repeat(1_000_000) + 'x');
    readPlain('Sender: '.repeat(200_000));
    readPlain(`Sender: ${'\r'.repeat(1_000_000)}`);
    readContent('\n'.repeat(1_000_000) + '=');
    readContent('A'.repeat(1_000_000) + '=');
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 2_000_000, `${user + system} µs`);
  });
});

describe('ejoin: the time of a service centre', () => {
  const times: [string, number | undefined][] = [
    ['22081115303032', Date.UTC(2022, 7, 11, 7, 30, 30)],
    ['22081115303000', Date.UTC(2022, 7, 11, 15, 30, 30)],
    ['220811153030A8', Date.UTC(2022, 7, 11, 22, 30, 30)],
    ['220811153030a8', Date.UTC(2022, 7, 11, 22, 30, 30)],
    ['22081115303080', Date.UTC(2022, 7, 11, 15, 30, 30)],
    ['22081115303084', Date.UTC(2022, 7, 11, 16, 30, 30)],
    ['22081115303022', Date.UTC(2022, 7, 11, 10, 0, 30)],
    ['24022900000032', Date.UTC(2024, 1, 28, 16)],
    [' 22081115303032\0'.replace('\0', ' '), Date.UTC(2022, 7, 11, 7, 30, 30)],
    ['23022900000032', undefined],
    ['22131115303032', undefined],
    ['22081125303032', undefined],
    ['2208111530303', undefined],
    ['220811153030323', undefined],
    ['220811153030G2', undefined],
    ['2208111530303A', undefined],
    ['', undefined],
    ['22/08/11 15:30:30', undefined],
  ];
  for (const [text, at] of times)
    it(JSON.stringify(text), () => {
      assert.equal(readScts(text), at);
    });
});
