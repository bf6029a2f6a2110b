/** The ciphers of ejoin's session (3.3): against published vectors, and against what Node.js has. */
import assert from 'node:assert/strict';
import { createDecipheriv, getCiphers } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encrypt, md5, METHODS, rc4 } from '../../../nodes/vendors/ejoin/crypt';

/** Key, and bytes of the keystream by their offset: RFC 6229, section 2. */
const RFC_6229: readonly [string, Readonly<Record<number, string>>][] = [
  ['0102030405', { 0: 'b2396305f03dc027ccc3524a0a1118a8', 16: '6982944f18fc82d589c403a47a0d0919' }],
  ['833222772a', { 0: '80ad97bdc973df8a2e879e92a497efda', 16: '20f060c2f2e5126501d3d4fea10d5fc0' }],
  ['0102030405060708090a0b0c0d0e0f10', { 0: '9ac7cc9a609d1ef7b2932899cde41b97' }],
  [
    '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20',
    {
      ...{ 0: 'eaa6bd25880bf93d3f5d1e4ca2611d91', 16: 'cfa45c9f7e714b54bdfa80027cb14380' },
      ...{ 240: '114ae344ded71b35f2e60febad727fd8', 256: '02e1e7056b0f623900496422943e97b6' },
      ...{ 496: '91cb93c787964e10d9527d999c6f936b', 512: '49b18b42f8e8367cbeb5ef104ba1c7cd' },
      ...{ 752: '87084b3ba700bade955610672745b374', 768: 'e7a7b9e9ec540d5ff43bdb12792d1b35' },
      ...{ 1008: 'c799b596738f6b018c76c74b1759bd90', 1024: '7fec5bfd9f9b89ce6548309092d7e958' },
      ...{ 1520: '40f250b26d1f096a4afd4c340a588815', 1536: '3e34135c79db010200767651cf263073' },
      ...{ 2032: 'f656abccf88dd827027b2ce917d464ec', 2048: '18b62503bfbc077fbabb98f20d98ab34' },
      ...{ 3056: '8aed95ee5b0dcbfbef4eb21d3a3f52f9', 3072: '625a1ab00ee39a5327346bddb01a9c18' },
      ...{ 4080: 'a13a7c79c7e119b5ab0296ab28c300b9', 4096: 'f3e4c0a2e02d1d01f7f0a74618af2b48' },
    },
  ],
];

const KEY = md5('whatever');

describe('ejoin: ciphers of the session', () => {
  for (const [key, vectors] of RFC_6229) {
    it(`RC4 with a key of ${key.length * 4} bits is that of RFC 6229`, () => {
      const stream = rc4(Buffer.from(key, 'hex'), Buffer.alloc(4112));
      for (const [offset, hex] of Object.entries(vectors)) {
        assert.equal(stream.subarray(Number(offset), Number(offset) + hex.length / 2).toString('hex'), hex, offset);
      }
    });
  }

  it('RC4 encrypts, and decrypts again', () => {
    assert.equal(rc4(Buffer.from('Key'), Buffer.from('Plaintext')).toString('hex'), 'bbf316e8d940af0ad3');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.uint8Array(), (key, data) => {
        assert.deepEqual([...rc4(key, rc4(key, data))], [...data]);
      }),
    );
  });

  it('AES fills up with zeros, by a whole block where nothing is missing', () => {
    assert.ok(getCiphers().includes('aes-256-ecb'));
    for (const [length, blocks] of [
      [0, 1],
      [1, 1],
      [15, 1],
      [16, 2],
      [17, 2],
      [32, 3],
    ] as const) {
      const data = 'x'.repeat(length);
      const encrypted = encrypt('aes-ecb', KEY, data) as Buffer;
      assert.equal(encrypted.length, blocks * 16);
      const decipher = createDecipheriv('aes-256-ecb', Buffer.from(KEY, 'latin1'), null).setAutoPadding(false);
      const padded = Buffer.concat([decipher.update(encrypted), decipher.final()]).toString();
      assert.equal(padded, data.padEnd(blocks * 16, '\0'));
    }
  });

  it('XOR repeats the 32 digits of the key', () => {
    const data = 'y'.repeat(70);
    const encrypted = [...(encrypt('xor', KEY, data) as Buffer)];
    assert.deepEqual(
      encrypted,
      Array.from({ length: 70 }, (_, index) => 0x79 ^ KEY.charCodeAt(index % 32)),
    );
  });

  it('every method takes every text, as UTF-8', () => {
    fc.assert(
      fc.property(fc.constantFrom(...METHODS), fc.string({ unit: 'binary' }), (method, text) => {
        const size = Buffer.byteLength(text);
        const sent = Buffer.byteLength(encrypt(method, KEY, text));
        assert.equal(sent, method === 'aes-ecb' ? (Math.floor(size / 16) + 1) * 16 : size);
      }),
    );
  });

  it('digests are of the parts put together, in lower case', () => {
    assert.equal(md5('ro', 'ot', 1), md5('root1'));
    assert.equal(md5(''), 'd41d8cd98f00b204e9800998ecf8427e');
    assert.equal(md5('message', ' digest'), 'f96b697d7cb7938d525a2f31aaf161d0');
  });
});
