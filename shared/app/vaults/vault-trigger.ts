import { isReadOnly, type Vault, vaultPrefix } from '../../formats/manifests/vault';
import type { Settings } from '../settings';

/** An OSS trigger as component fc3 takes it in `s.yaml`, below `triggers` of the function `cross-cluster-restore`. */
interface OssTrigger {
  triggerName: string;
  triggerType: 'oss';
  qualifier: string;
  sourceArn: string;
  invocationRole: string;
  triggerConfig: { events: string[]; filter: { key: { prefix: string; suffix: string } } };
}

/** How replication rules learn what lands in a vault: by an event at once, else by the hourly timer. */
export type VaultTrigger = { trigger: OssTrigger } | { servedByTimer: string };

/** How late the timer may learn of a backup: `every-hour` in `s.yaml`. */
export const timerLag = 'up to 60 minutes';

/**
 * The trigger that tells of backups as they land in a vault, or why there can be none: OSS calls functions of the bucket's
 * own region and account alone, and a read-only vault's bucket is not ours to configure.
 */
export function vaultTrigger(
  vault: Vault,
  { region, accountId }: Pick<Settings, 'region' | 'accountId'>,
): VaultTrigger {
  const { spec, metadata } = vault;
  if (spec.region !== region)
    return { servedByTimer: `its bucket is in ${spec.region}, and the functions are in ${region}` };
  const account = spec.role && /^acs:ram::(\d+):/.exec(spec.role.arn)?.[1];
  if (account !== undefined && accountId !== undefined && account !== accountId)
    return { servedByTimer: `its bucket is used through account ${account}` };
  if (isReadOnly(vault)) return { servedByTimer: 'it is read-only, so its bucket is left as it is' };
  return {
    trigger: {
      triggerName: `landed-${metadata.name}`,
      triggerType: 'oss',
      qualifier: 'LATEST',
      sourceArn: `acs:oss:${variable('region')}:${variable('account')}:${spec.bucket}`,
      invocationRole: `acs:ram::${variable('account')}:role/aliyunosseventnotificationrole`,
      triggerConfig: {
        events: ['oss:ObjectCreated:PutObject', 'oss:ObjectCreated:CompleteMultipartUpload'],
        filter: { key: { prefix: `${vaultPrefix(vault)}backups/`, suffix: '/velero-backup.json' } },
      },
    },
  };
}

/** Of `s.yaml`. */
function variable(name: string): string {
  return `\${vars.${name}}`;
}
