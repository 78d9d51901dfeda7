import { LifeboatError } from '../platform/errors';
import { parse } from '../platform/input/parse';
import { regionSchema, subdirectorySchema } from '../formats/manifests/vault';

/**
 * The environment variables that make an installation. All of them are here, and nothing else reads the environment but
 * for Alibaba Cloud's own ALIBABA_CLOUD_* credentials.
 *
 * | variable | meaning |
 * |---|---|
 * | LIFEBOAT_STATE | `oss://bucket/prefix`: where the state is kept. Required |
 * | LIFEBOAT_REGION | region of the state and of the functions, `cn-hangzhou`. Required |
 * | LIFEBOAT_NETWORK_TYPE | `public` (default) or `internal`: how the state is reached |
 * | LIFEBOAT_SEAL_KEY | 32 bytes in base64 under which kubeconfigs are sealed; only backup, restore and `cluster add` need it |
 * | LIFEBOAT_VAULT_KEY | 32 bytes in base64 under which the access keys of vaults are sealed; every function that uses such a vault needs it |
 * | LIFEBOAT_SEAL_KEY_OLD | earlier sealing keys, with commas between: they open what was sealed with them, until `lifeboat seal rotate` is done |
 * | LIFEBOAT_KMS_KEY | id of a key in KMS under which secrets are sealed instead; LIFEBOAT_SEAL_KEY then only opens |
 * | LIFEBOAT_KMS_KEY_OLD | ids of earlier keys in KMS, with commas between: as LIFEBOAT_SEAL_KEY_OLD |
 * | LIFEBOAT_KMS_ENDPOINT, LIFEBOAT_CS_ENDPOINT | endpoints of KMS and of ACK; default those of the region |
 * | LIFEBOAT_STATE_SSE_KMS_KEY | id of a key in KMS under which OSS encrypts the objects that hold sealed secrets, or `default` |
 * | LIFEBOAT_SIGNING_KEY | 32 bytes in base64 with which backups are signed (Ed25519); only backup needs it |
 * | LIFEBOAT_NOTIFICATION_KEY | 32 bytes in base64 under which the targets of notifications are sealed; who ticks, watches or adds one needs it |
 * | LIFEBOAT_RECOVERY_KEY | public half (32 bytes in base64) of the key to which secrets are sealed a second time, for the exports of the state; who adds clusters needs it |
 * | LIFEBOAT_DEAD_MAN_URL | https URL that is called at the end of each tick: a service that raises an alarm when the calls stop |
 * | LIFEBOAT_ACCOUNT_ID | account of the functions; inside a function FC tells it |
 * | LIFEBOAT_BACKUP_FUNCTION | name of the function that carries backups out, `lifeboat-backup` |
 * | LIFEBOAT_RESTORE_FUNCTION | name of the function that carries restores out, `lifeboat-restore` |
 * | LIFEBOAT_RUNS_PER_CLUSTER | how many backups and restores a cluster bears at once, 1 to 100; 4. The same for all functions |
 * | LIFEBOAT_SNAPSHOTS_PER_DISK | how many snapshots a disk takes, 1 to 10000; 256. A schedule that asks for more is refused |
 * | LIFEBOAT_API_AUTH_TYPE | `function` where the HTTP trigger lets in only signed requests; else every caller needs a bearer token |
 * | LIFEBOAT_API_SIGNED_DOMAINS | custom domains of the HTTP function whose authentication is set to signatures too, with commas between; a signature counts at no other custom domain |
 * | LIFEBOAT_API_TOKEN_SHA256 | SHA-256 (hex) of a bearer token that may do everything: that of one machine |
 * | LIFEBOAT_API_OPEN_RUNS | how many runs that one caller of the HTTP API asked for may be open at once, 1 to 1000; 50 |
 * | LIFEBOAT_OSS_ENDPOINT | endpoint of OSS for the state and for vaults that name none |
 * | LIFEBOAT_FC_ENDPOINT | endpoint of Function Compute |
 * | LIFEBOAT_STS_ENDPOINT | endpoint of STS, for vaults with a role |
 * | LIFEBOAT_LOCAL | `1` on one machine only: allows plain HTTP to loopback endpoints, and API servers on loopback |
 */
export interface Settings {
  state: { bucket: string; prefix: string };
  region: string;
  networkType: 'public' | 'internal';
  /** Base64. Absent where nothing is unsealed. */
  sealKey?: string;
  /** Base64, each. */
  oldSealKeys?: string[];
  /** Of KMS: the key that seals, and those that only open. */
  kmsKey?: string;
  oldKmsKeys?: string[];
  kmsEndpoint?: string;
  csEndpoint?: string;
  /** `default`, or the id of a key. */
  stateSseKmsKey?: string;
  /** Base64. Absent where no vault has an access key of its own. */
  vaultKey?: string;
  /** Base64. Absent where nothing is signed. */
  signingKey?: string;
  /** Base64. Absent where nobody is told anything. */
  notificationKey?: string;
  /** Public half, base64. Absent where no secret is kept for a restore of the state. */
  recoveryKey?: string;
  /** Secret: who knows it can keep the alarm silent. */
  deadManUrl?: string;
  accountId?: string;
  functions: { backups: string; restores: string };
  runsPerCluster?: number;
  snapshotsPerDisk?: number;
  /** Function Compute has verified who calls the HTTP function. */
  apiSigned?: boolean;
  /** Custom domains where it does so as well, in small letters. */
  apiSignedDomains?: string[];
  apiTokenSha256?: string;
  apiOpenRuns?: number;
  ossEndpoint?: string;
  fcEndpoint?: string;
  stsEndpoint?: string;
  local: boolean;
}

/** Reads the environment; throws LifeboatError `invalid` naming the variable and what it takes. Quotes no value of a secret. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const local = environment.LIFEBOAT_LOCAL === '1';
  return {
    state: stateLocation(environment.LIFEBOAT_STATE),
    region: parse(
      regionSchema,
      required(environment, 'LIFEBOAT_REGION', 'set it to the region, for example cn-hangzhou'),
      'LIFEBOAT_REGION',
    ),
    networkType: networkType(environment.LIFEBOAT_NETWORK_TYPE),
    sealKey: secretKey(environment, 'LIFEBOAT_SEAL_KEY'),
    ...sealing(environment, local),
    vaultKey: secretKey(environment, 'LIFEBOAT_VAULT_KEY'),
    signingKey: secretKey(environment, 'LIFEBOAT_SIGNING_KEY'),
    notificationKey: secretKey(environment, 'LIFEBOAT_NOTIFICATION_KEY'),
    recoveryKey: secretKey(environment, 'LIFEBOAT_RECOVERY_KEY'),
    deadManUrl: endpoint(environment, 'LIFEBOAT_DEAD_MAN_URL', local),
    accountId: environment.LIFEBOAT_ACCOUNT_ID || undefined,
    functions: {
      backups: environment.LIFEBOAT_BACKUP_FUNCTION || 'lifeboat-backup',
      restores: environment.LIFEBOAT_RESTORE_FUNCTION || 'lifeboat-restore',
    },
    runsPerCluster: runsPerCluster(environment.LIFEBOAT_RUNS_PER_CLUSTER),
    snapshotsPerDisk: snapshotsPerDisk(environment.LIFEBOAT_SNAPSHOTS_PER_DISK),
    apiSigned: environment.LIFEBOAT_API_AUTH_TYPE === 'function',
    apiSignedDomains: signedDomains(environment.LIFEBOAT_API_SIGNED_DOMAINS),
    apiTokenSha256: tokenHash(environment.LIFEBOAT_API_TOKEN_SHA256),
    apiOpenRuns: apiOpenRuns(environment.LIFEBOAT_API_OPEN_RUNS),
    ossEndpoint: environment.LIFEBOAT_OSS_ENDPOINT || undefined,
    fcEndpoint: endpoint(environment, 'LIFEBOAT_FC_ENDPOINT', local),
    stsEndpoint: endpoint(environment, 'LIFEBOAT_STS_ENDPOINT', local),
    local,
  };
}

/** The key for the access keys of vaults; throws LifeboatError `invalid` when there is none here. */
export function requireVaultKey(settings: Settings): string {
  if (settings.vaultKey) return settings.vaultKey;
  throw new LifeboatError('invalid', 'LIFEBOAT_VAULT_KEY is not set', {
    hint: 'set it where vaults with an access key of their own are added and used; `openssl rand -base64 32` makes one',
  });
}

function required(environment: NodeJS.ProcessEnv, name: string, hint: string): string {
  const value = environment[name];
  if (value) return value;
  throw new LifeboatError('invalid', `${name} is not set`, { hint });
}

function stateLocation(text: string | undefined): { bucket: string; prefix: string } {
  const hint = 'set it to oss://bucket/prefix';
  if (!text) throw new LifeboatError('invalid', 'LIFEBOAT_STATE is not set', { hint });
  const [, bucket, path = ''] = /^oss:\/\/([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  if (!bucket) throw new LifeboatError('invalid', 'LIFEBOAT_STATE is not a place in OSS', { hint });
  return { bucket, prefix: parse(subdirectorySchema, path, 'LIFEBOAT_STATE: its prefix') };
}

function networkType(text: string | undefined): 'public' | 'internal' {
  if (!text || text === 'public') return 'public';
  if (text === 'internal') return text;
  throw new LifeboatError('invalid', 'LIFEBOAT_NETWORK_TYPE is neither public nor internal', {
    hint: 'set it to public or internal, or leave it out',
  });
}

function secretKey(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = environment[name];
  if (!text) return undefined;
  if (Buffer.from(text, 'base64').length === 32) return text;
  throw new LifeboatError('invalid', `${name} is not 32 bytes in base64`, {
    hint: 'make one with `openssl rand -base64 32`',
  });
}

function sealing(environment: NodeJS.ProcessEnv, local: boolean): Partial<Settings> {
  const kmsKeys = (name: string) =>
    listed(environment[name]).map((id) => {
      if (/^[A-Za-z0-9-]{8,64}$/.test(id)) return id;
      throw new LifeboatError('invalid', `${name} is not the id of a key in KMS`, {
        hint: 'write the id of the key as KMS shows it, no alias: an alias may come to mean another key',
      });
    });
  const oldKeys = listed(environment.LIFEBOAT_SEAL_KEY_OLD);
  const oldKmsKeys = kmsKeys('LIFEBOAT_KMS_KEY_OLD');
  for (const key of oldKeys) secretKey({ LIFEBOAT_SEAL_KEY_OLD: key }, 'LIFEBOAT_SEAL_KEY_OLD');
  return {
    oldSealKeys: oldKeys.length > 0 ? oldKeys : undefined,
    kmsKey: kmsKeys('LIFEBOAT_KMS_KEY')[0],
    oldKmsKeys: oldKmsKeys.length > 0 ? oldKmsKeys : undefined,
    kmsEndpoint: endpoint(environment, 'LIFEBOAT_KMS_ENDPOINT', local),
    csEndpoint: endpoint(environment, 'LIFEBOAT_CS_ENDPOINT', local),
    stateSseKmsKey: kmsKeys('LIFEBOAT_STATE_SSE_KMS_KEY')[0],
  };
}

function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function runsPerCluster(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^([1-9]\d?|100)$/.test(text)) return Number(text);
  throw new LifeboatError('invalid', 'LIFEBOAT_RUNS_PER_CLUSTER is not a number from 1 to 100', {
    hint: 'correct it, or leave it out for 4',
  });
}

function snapshotsPerDisk(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^([1-9]\d{0,3}|10000)$/.test(text)) return Number(text);
  throw new LifeboatError('invalid', 'LIFEBOAT_SNAPSHOTS_PER_DISK is not a number from 1 to 10000', {
    hint: 'correct it, or leave it out for 256',
  });
}

function apiOpenRuns(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^([1-9]\d{0,2}|1000)$/.test(text)) return Number(text);
  throw new LifeboatError('invalid', 'LIFEBOAT_API_OPEN_RUNS is not a number from 1 to 1000', {
    hint: 'correct it, or leave it out for 50',
  });
}

function signedDomains(text: string | undefined): string[] | undefined {
  const domains = listed(text).map((one) => one.toLowerCase());
  for (const domain of domains) {
    if (/^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/.test(domain)) continue;
    throw new LifeboatError('invalid', 'LIFEBOAT_API_SIGNED_DOMAINS is not a list of domains', {
      hint: 'write full names with commas between, for example backup.example.com; no wildcards',
    });
  }
  return domains.length > 0 ? domains : undefined;
}

function tokenHash(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new LifeboatError('invalid', 'LIFEBOAT_API_TOKEN_SHA256 is not a SHA-256', {
    hint: 'set it to the 64 hex digits of `printf %s "$TOKEN" | sha256sum`',
  });
}

/** Tokens travel in headers, so plain HTTP is for the local host alone. */
function endpoint(environment: NodeJS.ProcessEnv, name: string, local: boolean): string | undefined {
  const text = environment[name];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' && (!loopback || local)) return text;
  if (url?.protocol === 'http:' && loopback && local) return text;
  throw new LifeboatError('invalid', `${name} is not an https endpoint`, {
    hint: 'give it as https://…, or leave it out; plain HTTP is for loopback addresses with LIFEBOAT_LOCAL=1',
  });
}
