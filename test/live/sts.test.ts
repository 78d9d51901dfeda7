import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { environmentCredentials } from '../../shared/app/fc/credentials';
import { readSettings } from '../../shared/app/settings';
import { assumeRole, stsEndpoint } from '../../shared/platform/alibaba/assume-role';
import { openOssStore } from '../../shared/platform/oss/oss-store';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { describeLive } from './describe-live';

const needs = {
  LIFEBOAT_LIVE_ROLE_ARN: 'a role that you may assume, and that may do everything in the bucket of the tests',
  LIFEBOAT_LIVE_BUCKET: 'an empty bucket for the tests',
};
const deps = { clock: systemClock, random: systemRandom };

describeLive('STS gives a token for a role, which OSS takes', needs, (value) => {
  it('for an hour, and lists with it', async () => {
    const settings = readSettings(process.env);
    const { region, networkType, ossEndpoint: endpoint } = settings;
    const { validFor, ...credentials } = await assumeRole(
      {
        endpoint: settings.stsEndpoint ?? stsEndpoint(region, networkType === 'internal'),
        credentials: async () => environmentCredentials(process.env),
        ...deps,
      },
      { arn: value('LIFEBOAT_LIVE_ROLE_ARN'), session: 'live-sts' },
    );
    expect(validFor / 60_000).toBeGreaterThan(59);
    expect(validFor / 60_000).toBeLessThanOrEqual(60.1);
    const bucket = value('LIFEBOAT_LIVE_BUCKET');
    const prefix = `live-${randomBytes(6).toString('hex')}`;
    const store = openOssStore(
      { region, bucket, prefix, networkType, endpoint },
      { credentials: async () => credentials, allowInsecureLoopback: settings.local },
      deps,
    );
    await store.put('a', Buffer.from('{}'));
    try {
      const keys: string[] = [];
      for await (const page of store.list('')) keys.push(...page.objects.map(({ key }) => key));
      expect(keys).toEqual(['a']);
    } finally {
      await store.delete(['a']);
    }
  }, 60_000);
});
