import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmsError } from '../../../nodes/core/failure';
import { renderTemplate } from '../../../nodes/core/template';
import { readText } from '../../../nodes/core/text';

/** The field and detail that the refusal names. */
const invalid = (detail: string, field: string) => (error: unknown) => {
  assert.ok(error instanceof SmsError);
  assert.equal(error.code, 'invalid-message');
  assert.equal(error.failure.detail, detail);
  assert.deepEqual(error.failure.params, { field });
  return true;
};

describe('reading a text', () => {
  it('takes strings, numbers, booleans and Buffers', () => {
    assert.equal(readText('短信 😀', 'f'), '短信 😀');
    assert.equal(readText('', 'f'), '');
    assert.equal(readText(0, 'f'), '0');
    assert.equal(readText(-1.5, 'f'), '-1.5');
    assert.equal(readText(false, 'f'), 'false');
    assert.equal(readText(Buffer.from('短信 😀'), 'f'), '短信 😀');
    assert.equal(readText(new Uint8Array([65, 66]), 'f'), 'AB');
  });

  it('keeps line breaks, controls and blanks as they are', () => {
    const text = ' \r\n\t a\u0000b \n ';
    assert.equal(readText(text, 'f'), text);
    assert.equal(readText(Buffer.from(text), 'f'), text);
  });

  it('refuses everything else, and names the field', () => {
    for (const other of [undefined, null, {}, [], ['a'], new Date(0), () => 'a', Symbol('a')]) {
      assert.throws(() => readText(other, 'msg.payload'), invalid('no-text', 'msg.payload'));
    }
    assert.throws(() => readText(Buffer.from([0xff, 0xfe, 0x41]), 'text'), invalid('no-text', 'text'));
  });

  it('refuses half an emoji', () => {
    for (const broken of ['a\uD83D', '\uDE00b', '\uDE00\uD83D']) {
      assert.throws(() => readText(broken, 'text'), invalid('ill-formed-text', 'text'));
    }
  });
});

describe('filling a template', () => {
  const render = (template: string, view: object) => renderTemplate(template, view, 'text');

  it('escapes nothing for HTML', () => {
    const payload = `<b>"O'Neil" & Söhne</b> =/\``;
    assert.equal(render('{{payload}}|{{{payload}}}|{{& payload}}', { payload }), `${payload}|${payload}|${payload}`);
  });

  it('reaches into the message, and has sections', () => {
    const msg = { payload: { level: 7, list: ['a', 'b'], ok: false }, topic: 'tank' };
    assert.equal(render('{{topic}} {{payload.level}}', msg), 'tank 7');
    assert.equal(render('{{#payload.list}}[{{.}}]{{/payload.list}}{{^payload.ok}}!{{/payload.ok}}', msg), '[a][b]!');
    assert.equal(render('{{missing.deep}}{{> partial}}', msg), '');
  });

  it('keeps text without tags as it is', () => {
    const text = 'a & b < c\r\n{ } 100% 短信 😀';
    assert.equal(render(text, {}), text);
  });

  for (const template of ['{{payload', '{{#a}}', '{{/a}}', '{{#a}}{{/b}}', '{{=x}}', '{{#a}}{{#b}}{{/a}}{{/b}}']) {
    it(`refuses ${template}`, () => {
      assert.throws(() => render(template, { a: 1 }), invalid('template', 'text'));
    });
  }

  it('refuses what a value makes impossible', () => {
    const thrower = {
      toString: () => {
        throw new Error('no');
      },
    };
    assert.throws(() => render('{{payload}}', { payload: thrower }), invalid('template', 'text'));
    assert.throws(() => render('{{payload}}', { payload: '\uD83D' }), invalid('ill-formed-text', 'text'));
  });
});
