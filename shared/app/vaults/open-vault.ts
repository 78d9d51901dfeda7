import { LifeboatError } from '../../platform/errors';
import { isReadOnly, type Vault } from '../../formats/manifests/vault';
import { type BucketFacts, readBucketFacts } from '../../platform/oss/oss-bucket';
import {
  type OssAccess,
  type OssDependencies,
  type OssLocation,
  openOssStore,
} from '../../platform/oss/oss-store';
import type { ObjectStore } from '../../platform/oss/port';
import { readOnlyStore } from '../../platform/oss/read-only-store';
import type { Settings } from '../settings';

/** Opens vaults for one installation. */
export interface VaultOpener {
  /** Bound to the vault's subdirectory; one that refuses to write for a read-only vault. Throws `invalid`. */
  store(vault: Vault): ObjectStore;
  /** Of its bucket. Throws as `readBucketFacts`. */
  facts(vault: Vault): Promise<BucketFacts>;
}

export interface VaultOpenerOptions {
  settings: Settings;
  /** Outside of the functions' network, where internal endpoints do not answer: there an internal vault is used by its public one. */
  outside?: boolean;
  access(vault: Vault): OssAccess;
  deps: OssDependencies;
}

export function vaultOpener({ settings, outside, access, deps }: VaultOpenerOptions): VaultOpener {
  const locationOf = (vault: Vault): OssLocation => {
    assertInReach(vault, settings.region);
    const { region, bucket, subdirectory, networkType, endpoint } = vault.spec;
    return {
      region,
      bucket,
      prefix: subdirectory,
      networkType: outside ? 'public' : networkType,
      endpoint: endpoint ?? settings.ossEndpoint,
    };
  };
  return {
    store(vault) {
      const store = openOssStore(locationOf(vault), access(vault), deps);
      return isReadOnly(vault) ? readOnlyStore(store, `vault "${vault.metadata.name}"`) : store;
    },
    facts: async (vault) => readBucketFacts(locationOf(vault), access(vault), deps),
  };
}

/**
 * Internal endpoints answer in their own region alone: from a function of another one, each call would wait for a connection
 * that never comes. Throws LifeboatError `invalid` with the remedy.
 * @param region of the functions
 */
export function assertInReach({ metadata, spec }: Vault, region: string): void {
  const internal = /^(?:https?:\/\/)?(?:[^/]+\.)?oss-([a-z0-9-]+)-internal\.aliyuncs\.com\b/.exec(
    spec.endpoint ?? '',
  );
  const other =
    internal && internal[1] !== region
      ? internal[1]
      : spec.networkType === 'internal' && spec.region !== region
        ? spec.region
        : undefined;
  if (other === undefined) return;
  throw new LifeboatError(
    'invalid',
    `vault "${metadata.name}" is in ${other} with network type internal, and the functions are in ${region}`,
    { hint: 'give it the network type public: internal endpoints answer within their region only' },
  );
}
