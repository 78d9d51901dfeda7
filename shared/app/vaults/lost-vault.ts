import { environmentCredentials } from '../fc/credentials';
import { bucketSchema, regionSchema, subdirectorySchema } from '../../formats/manifests/vault';
import { parse } from '../../platform/input/parse';
import type { VaultPlace } from '../../operations/disaster/state-restore/restored-manifest';
import { openOssStore } from '../../platform/oss/oss-store';
import type { ObjectStore } from '../../platform/oss/port';
import { systemClock, systemRandom } from '../../platform/system';

/**
 * A vault by its place alone, with the caller's own credentials: all that is left when the state is lost.
 * Throws LifeboatError `invalid` naming the part of the place that is wrong.
 */
export function openLostVault(
  place: VaultPlace,
  environment: NodeJS.ProcessEnv = process.env,
): { place: VaultPlace; store: ObjectStore } {
  const region = parse(regionSchema, place.region, 'the vault’s region');
  const bucket = parse(bucketSchema, place.bucket, 'the vault’s bucket');
  const subdirectory =
    place.subdirectory === undefined
      ? undefined
      : parse(subdirectorySchema, place.subdirectory, 'the vault’s prefix') || undefined;
  const store = openOssStore(
    {
      region,
      bucket,
      prefix: subdirectory,
      networkType: 'public',
      endpoint: place.endpoint ?? (environment.LIFEBOAT_OSS_ENDPOINT || undefined),
    },
    {
      credentials: async () => environmentCredentials(environment),
      allowInsecureLoopback: environment.LIFEBOAT_LOCAL === '1',
    },
    { clock: systemClock, random: systemRandom },
  );
  const { endpoint } = place;
  return {
    place: { region, bucket, ...(subdirectory && { subdirectory }), ...(endpoint && { endpoint }) },
    store,
  };
}
