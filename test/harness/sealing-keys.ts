import { installationKeys } from '../../shared/app/installation-keys';
import { readSettings } from '../../shared/app/settings';
import type { SealingKeys } from '../../shared/platform/seal/sealing-keys';
import { systemClock, systemRandom } from '../../shared/platform/system';

/** The keys of an installation with these variables of the environment. */
export function sealingKeys(environment: Record<string, string>): SealingKeys {
  return installationKeys({
    settings: readSettings({
      LIFEBOAT_STATE: 'oss://state/lifeboat',
      LIFEBOAT_REGION: 'cn-hangzhou',
      LIFEBOAT_LOCAL: '1',
      ...environment,
    }),
    credentials: async () => ({
      accessKeyId: 'role',
      accessKeySecret: 'secret-of-the-role',
      securityToken: 'token',
    }),
    clock: systemClock,
    random: systemRandom,
  });
}
