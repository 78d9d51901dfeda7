import { expect, it } from '@jest/globals';
import { decide } from '../../local/oss/policy/decide';
import { parsePolicy } from '../../local/oss/policy/policy';
import { functionNames } from '../../shared/app/deploy/functions';
import { policyOf } from '../../shared/app/deploy/policies';
import { isKind } from '../../shared/platform/errors';
import { environmentCredentials } from '../../shared/app/fc/credentials';
import { readSettings } from '../../shared/app/settings';
import { stsEndpoint } from '../../shared/platform/alibaba/assume-role';
import { callOpenApi } from '../../shared/platform/alibaba/call';
import { openOssStore } from '../../shared/platform/oss/oss-store';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { describeLive } from './describe-live';

const needs = {
  LIFEBOAT_LIVE_ROLE_ARN: 'a role that you may assume, and that may do everything in the bucket of the tests',
  LIFEBOAT_LIVE_BUCKET: 'an empty bucket for the tests',
};
const deps = { clock: systemClock, random: systemRandom };
const keys = [
  'state/heartbeat.json',
  'state/clusters/a.json',
  'state/runs/backups/a/commit.json',
  'state/outbox/a',
  'vault/backups/a/velero-backup.json',
  'vault/restores/a/a',
  'state/deletions/main/a/requested.json',
  'beside/a',
];

describeLive('RAM decides about the generated policies as the server on one machine does', needs, (value) => {
  // A session of a role may do what the role and the policy of the session both allow.
  it.each(functionNames)(
    'for %s',
    async (name) => {
      const bucket = value('LIFEBOAT_LIVE_BUCKET');
      const places = { state: { bucket, prefix: 'state' }, vaults: [{ bucket, prefix: 'vault' }] };
      const policy = policyOf(name, places);
      const { region } = readSettings(process.env);
      const { body } = await callOpenApi(
        {
          endpoint: stsEndpoint(region, false),
          credentials: async () => environmentCredentials(process.env),
          ...deps,
        },
        {
          action: 'AssumeRole',
          version: '2015-04-01',
          what: 'the role of the test',
          parameters: {
            RoleArn: value('LIFEBOAT_LIVE_ROLE_ARN'),
            RoleSessionName: `live-${name}`.slice(0, 32),
            Policy: JSON.stringify(policy),
          },
        },
      );
      const { AccessKeyId, AccessKeySecret, SecurityToken } = (
        body as { Credentials: Record<'AccessKeyId' | 'AccessKeySecret' | 'SecurityToken', string> }
      ).Credentials;
      const credentials = {
        accessKeyId: AccessKeyId,
        accessKeySecret: AccessKeySecret,
        securityToken: SecurityToken,
      };
      const store = openOssStore(
        { region, bucket, networkType: 'public' },
        { credentials: async () => credentials },
        deps,
      );
      const allowed = async (work: Promise<unknown>) =>
        work.then(
          () => true,
          (error: unknown) => {
            if (isKind(error, 'denied')) return false;
            throw error;
          },
        );
      const parsed = parsePolicy(policy);
      const may = (action: string, key: string) =>
        decide([parsed], { action, resource: `acs:oss:oss-${region}:1:${bucket}/${key}` }) === 'allow';
      for (const key of keys) {
        const put = await allowed(store.put(key, Buffer.from('{}')));
        // A put is followed by nothing else; a deletion looks whether the object is gone.
        expect([key, 'put', put]).toEqual([key, 'put', may('oss:PutObject', key)]);
        const read = await allowed(store.head(key));
        expect([key, 'get', read]).toEqual([key, 'get', may('oss:GetObject', key)]);
        const deleted = await allowed(store.delete([key]));
        const both = may('oss:DeleteObject', key) && may('oss:GetObject', key);
        expect([key, 'delete', deleted]).toEqual([key, 'delete', both]);
      }
    },
    120_000,
  );
});
