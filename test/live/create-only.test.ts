import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { installationOfEnvironment } from '../../shared/app/from-environment';
import { describeLive } from './describe-live';

describeLive('of many who create a key at once, OSS lets one win', {}, () => {
  it('fifty times with twenty writers', async () => {
    const { state } = await installationOfEnvironment();
    const place = state.store.at(`hints/live-${randomBytes(6).toString('hex')}/`);
    try {
      for (let n = 0; n < 50; n += 1) {
        const tries = Array.from({ length: 20 }, () => place.create(`${n}`, randomBytes(16)));
        const winners = (await Promise.all(tries)).filter(({ created }) => created);
        expect(winners).toHaveLength(1);
      }
    } finally {
      for await (const page of place.list('')) await place.delete(page.objects.map(({ key }) => key));
    }
  }, 300_000);
});
