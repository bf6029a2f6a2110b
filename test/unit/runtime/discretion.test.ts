/** Failures that a call rejects with are as discreet as those that it gives. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmsError } from '../../../nodes/core/failure';
import { Discretion } from '../../../nodes/runtime/discretion';
import { driver } from '../../../nodes/vendors/ejoin';

const PASSWORD = 's3cret-password';

/** An ejoin account with a session, whose device refuses every handshake in these words. */
function refusedWith(words: (url: string) => string) {
  const discretion = new Discretion([PASSWORD]);
  const account = driver.open(
    {
      ...{ url: 'http://10.0.0.1', accountId: '', username: 'root', password: PASSWORD, options: { crypt: 'none' } },
      ...{ timezone: 'Asia/Shanghai', country: '86' },
    },
    {
      http: discretion.watch(({ url }) =>
        Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify({ code: 9, desc: words(url) })) }),
      ),
      now: () => 0,
      nextIds: () => Promise.resolve(1),
      notice: () => undefined,
    },
  );
  return discretion.over(account);
}

describe('a vendor that quotes what it was sent, in a refusal that a call rejects with', () => {
  const request = { items: [{ text: 'the text', to: ['13800000001'] }], options: {}, wantReports: false };

  it('leaves no secret in it, whatever was called', async () => {
    const words = (url: string): string => `${PASSWORD} ${new URL(url).searchParams.get('auth') ?? ''} of 13800000001`;
    const account = refusedWith(words);
    const calls: readonly [() => Promise<unknown>, string][] = [
      [() => account.send(request), '*** *** of …'],
      [() => account.probe(), '*** *** of 13800000001'],
      [() => account.sources![0]!.fetch({}), '*** *** of 13800000001'],
      [() => account.run!('save', { ports: '', args: {} }), '*** *** of 13800000001'],
    ];
    for (const [call, left] of calls) {
      await assert.rejects(call(), (error) => {
        assert.ok(error instanceof SmsError);
        assert.deepEqual([error.failure.vendorCode, error.failure.vendorText], ['9', left]);
        return true;
      });
    }
  });

  it('leaves none in what each is told of an answer that several share', async () => {
    const discretion = new Discretion([PASSWORD]);
    const http = discretion.watch(() =>
      Promise.resolve({ status: 200, headers: {}, body: Buffer.from(`{"echo":"${PASSWORD}"}`) }),
    );
    const account = discretion.over({
      send: async () => {
        await http({ method: 'GET', url: 'http://10.0.0.1' });
        const raw = { echo: PASSWORD };
        return { results: [], raw, rawFor: (places) => ({ ...raw, places }) };
      },
      ...{ probe: () => Promise.resolve(undefined), checkText: () => undefined, checkRecipient: () => undefined },
    });
    const { raw, rawFor } = await account.send(request);
    assert.deepEqual([raw, rawFor?.([1])], [{ echo: '***' }, { echo: '***', places: [1] }]);
  });

  it('leaves none in what the vendor is asked again about either', async () => {
    const account = refusedWith(() => `${PASSWORD} of 13800000001`);
    assert.equal(await account.currentRun?.(), undefined);
    const answer = await account.settle?.({ request: { ...request, ids: [1] }, run: 'run' });
    const [result] = answer?.results ?? [];
    assert.ok(result && 'failure' in result && answer?.askAgain);
    assert.deepEqual([result.state, result.failure.vendorText], ['in-doubt', '*** of …']);
  });
});
