import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import Mustache from 'mustache';
import { isWellFormed } from '../../../nodes/send/editor/template';

/** What the library itself says. */
function parses(template: string): boolean {
  try {
    Mustache.parse(template);
    return true;
  } catch {
    return false;
  }
}

const PIECES = [
  '{{a}}',
  '{{{b}}}',
  '{{& c }}',
  '{{#d}}',
  '{{/d}}',
  '{{^e}}',
  '{{/e}}',
  '{{! note }}',
  'text ',
  '{',
  '}}',
];

describe('the look at a template in the editor', () => {
  for (const [template, fine] of [
    ['', true],
    ['21 °C', true],
    ['{{payload}} and {{{payload.b}}}', true],
    ['{{#payload}}{{name}}{{/payload}}', true],
    ['{{payload', false],
    ['{{#payload}}', false],
    ['{{/payload}}', false],
    ['{{#a}}{{#b}}{{/a}}{{/b}}', false],
    ['{{=<% %>=}}<% payload', true],
  ] as const) {
    it(`finds ${JSON.stringify(template)} ${fine ? 'fine' : 'wrong'}`, () => {
      assert.equal(isWellFormed(template), fine);
    });
  }

  it('refuses nothing that the library takes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }), (pieces) => {
        const template = pieces.join('');
        return isWellFormed(template) || !parses(template);
      }),
      { numRuns: 2000 },
    );
  });
});
