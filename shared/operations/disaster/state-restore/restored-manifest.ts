import { LifeboatError } from '../../../platform/errors';
import { clusterSchema } from '../../../formats/manifests/cluster';
import { notificationSchema } from '../../../formats/manifests/notification';
import { parse } from '../../../platform/input/parse';
import { replicationSchema } from '../../../formats/manifests/replication';
import { scheduleSchema } from '../../../formats/manifests/schedule';
import { signingKeySchema } from '../../../formats/manifests/signing-key';
import { vaultSchema } from '../../../formats/manifests/vault';
import { withField, withoutField } from '../recovery/sealed-fields';

/** Where a vault is found now. */
export interface VaultPlace {
  region: string;
  bucket: string;
  subdirectory?: string;
  endpoint?: string;
}

/** A manifest as it comes back. */
export interface RestoredManifest {
  /** Without what is sealed. */
  value: unknown;
  /** What was sealed, in clear, by the path of its field. Never shown, logged or written. */
  secrets: Map<string, string>;
  /** What is other than it was, in words. */
  changes: string[];
}

/** A schedule or rule that rests until a person has looked at it. */
export function paused(manifest: RestoredManifest): RestoredManifest {
  return {
    ...manifest,
    value: withField(manifest.value, 'spec.paused', true),
    changes: [...manifest.changes, 'paused'],
  };
}

/** A vault in another place than it was: reached by its public endpoint, with the functions' own role. */
export function movedVault({ value, changes }: RestoredManifest, place: VaultPlace): RestoredManifest {
  const vault = value as { spec: Record<string, unknown> };
  const { region, bucket, subdirectory } = vault.spec;
  const there = place.subdirectory ?? '';
  if (region === place.region && bucket === place.bucket && (subdirectory ?? '') === there)
    return { value, secrets: new Map(), changes };
  const { accessKey: _key, role: _role, subdirectory: _s, endpoint: _e, ...rest } = vault.spec;
  const spec = {
    ...rest,
    region: place.region,
    bucket: place.bucket,
    ...(there !== '' && { subdirectory: there }),
    ...(place.endpoint !== undefined && { endpoint: place.endpoint }),
    networkType: 'public',
  };
  return {
    value: { ...vault, spec },
    secrets: new Map(),
    changes: [`now at oss://${place.bucket}/${there} in ${place.region}, with the functions’ own role`],
  };
}

/** A vault whose access key is lost: the functions' own role is tried. */
export function vaultWithoutKey({ value, changes }: RestoredManifest): RestoredManifest {
  return {
    value: withoutField(value, 'spec.accessKey'),
    secrets: new Map(),
    changes: [...changes, 'without its access key: the functions’ own role is used'],
  };
}

const schemas: Record<string, Parameters<typeof parse>[0]> = {
  clusters: clusterSchema,
  vaults: vaultSchema,
  schedules: scheduleSchema,
  replications: replicationSchema,
  notifications: notificationSchema,
  keys: signingKeySchema,
};

/** Stands for a secret that the new installation seals when the plan is carried out. */
const yetToSeal = {
  version: 1,
  algorithm: 'AES-256-GCM',
  keyId: '00000000',
  nonce: '',
  ciphertext: '',
  tag: '',
};

/** Throws `invalid` for what this version cannot keep. @param key in the state */
export function assertRestorable(key: string, { value, secrets }: RestoredManifest): void {
  const [folder = ''] = key.split('/');
  if (folder === 'holds' || folder === 'accepted') return;
  const schema = schemas[folder];
  if (!schema) throw new LifeboatError('invalid', 'this version does not know what it is');
  let whole = value;
  for (const path of secrets.keys()) whole = withField(whole, path, yetToSeal);
  parse(schema, whole, key);
}
