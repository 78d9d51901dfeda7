import type { Clock, Random } from '../platform/clock';
import { LifeboatError } from '../platform/errors';
import type { Credentials } from './fc/credentials';
import { alibabaKms, kmsEndpoint } from '../platform/alibaba/kms';
import { sealingKeyId } from '../platform/seal/seal-key';
import type { SealingKeys } from '../platform/seal/sealing-keys';
import { environmentKey, kmsKey, type WrappingKey } from '../platform/seal/wrapping-key';
import type { Settings } from './settings';

export interface KeySources {
  settings: Settings;
  credentials(): Promise<Credentials>;
  clock: Clock;
  random: Random;
}

/**
 * The sealing keys that the settings name: the one in KMS seals where there is one, else that of the environment. Asks KMS
 * for nothing yet.
 */
export function installationKeys({ settings, credentials, clock, random }: KeySources): SealingKeys {
  const { sealKey, oldSealKeys = [], kmsKey: newest, oldKmsKeys = [] } = settings;
  const direct = new Map(
    [...(sealKey === undefined ? [] : [sealKey]), ...oldSealKeys].map((key) => [sealingKeyId(key), key]),
  );
  const endpoint = settings.kmsEndpoint ?? kmsEndpoint(settings.region, settings.networkType === 'internal');
  const kms = alibabaKms({ endpoint, credentials, clock, random });
  const keys = new Map<string, WrappingKey>();
  for (const key of direct.values()) {
    const made = environmentKey(key, random);
    keys.set(made.id, made);
  }
  for (const id of [...(newest === undefined ? [] : [newest]), ...oldKmsKeys]) {
    const made = kmsKey(id, kms);
    keys.set(made.id, made);
  }
  return {
    current() {
      if (newest !== undefined) return keys.get(`kms:${newest}`)!;
      if (sealKey !== undefined) return keys.get(`env:${sealingKeyId(sealKey)}`)!;
      throw new LifeboatError('invalid', 'LIFEBOAT_SEAL_KEY is not set', {
        hint: 'set it to 32 bytes in base64 (openssl rand -base64 32), or LIFEBOAT_KMS_KEY to the id of a key in KMS',
      });
    },
    find: (id) => keys.get(id),
    direct: (id) => direct.get(id),
  };
}
