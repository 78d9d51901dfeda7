import { type ErrorKind, LifeboatError, messageOf } from '../../platform/errors';
import { isReadOnly, type Vault } from '../../formats/manifests/vault';
import type { BucketFacts } from '../../platform/oss/oss-bucket';
import type { ObjectStore } from '../../platform/oss/port';
import { legalDirectories } from '../../formats/vault/layout';
import type { Installation } from '../installation';
import { counted } from '../../platform/counted';

/** What was looked at. */
type VaultCheck =
  | 'reachable'
  | 'region'
  | 'folders'
  | 'writable'
  | 'versioning'
  | 'worm'
  | 'encryption'
  | 'clock'
  | 'claims';

/** One thing that is so of a vault. */
export interface VaultFinding {
  check: VaultCheck;
  /** `error`: nothing can be done with the vault as it is; `warning`: something cannot, or costs. */
  level: 'ok' | 'warning' | 'error';
  /** One line that names the thing. */
  message: string;
  /** What to do about it. */
  hint?: string;
  /** Of an error. */
  kind?: ErrorKind;
}

/** OSS refuses what was signed more than 15 minutes away from its own time. */
const skewWarningMs = 5 * 60_000;

/**
 * Looks at the place of a vault, registered or not, with the credentials that the vault is used with: reachable, region of
 * the bucket, folders that no vault has, whether it can be written to (by an upload that is begun and aborted: no object
 * comes into being), versioning, WORM, encryption, and the clock of this machine. Costs about six requests. Never throws for
 * what is found; one error ends the looking.
 */
export async function examineVault(installation: Installation, vault: Vault): Promise<VaultFinding[]> {
  const findings: VaultFinding[] = [];
  try {
    const store = installation.openVaultStore(vault);
    findings.push(...(await lookInside(store, installation)));
    findings.push(...bucketFindings(vault, await installation.readVaultBucket(vault)));
    findings.push(isReadOnly(vault) ? readOnlyFinding() : await tryToWrite(store));
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    const { kind, message, hint } = error;
    findings.push({ check: 'reachable', level: 'error', message, ...(hint && { hint }), kind });
  }
  return findings;
}

async function lookInside(store: ObjectStore, { clock }: Installation): Promise<VaultFinding[]> {
  let date: Date | undefined;
  for await (const page of store.list('', { delimiter: '/' })) {
    date = page.date;
    const foreign = page.prefixes.find((prefix) => !(legalDirectories as readonly string[]).includes(prefix));
    if (foreign === undefined) continue;
    return [
      {
        check: 'folders',
        level: 'error',
        kind: 'invalid',
        message: `${store.name} holds the folder ${foreign}, which no vault has`,
        hint: 'give the vault a subdirectory of its own: Velero calls a vault with foreign folders Unavailable',
      },
    ];
  }
  const skew = date ? clock.now().getTime() - date.getTime() : 0;
  return [
    { check: 'reachable', level: 'ok', message: `${store.name} answers` },
    { check: 'folders', level: 'ok', message: 'it holds no folder that a vault does not have' },
    Math.abs(skew) < skewWarningMs
      ? { check: 'clock', level: 'ok', message: 'the clock here and that of OSS agree' }
      : {
          check: 'clock',
          level: 'warning',
          message: `the clock here is ${counted(Math.round(Math.abs(skew) / 60_000), 'minute')} ${skew > 0 ? 'ahead of' : 'behind'} that of OSS`,
          hint: 'set the clock of this machine: OSS refuses what is signed 15 minutes off',
        },
  ];
}

function bucketFindings({ spec }: Vault, facts: BucketFacts): VaultFinding[] {
  const { region, versioning, worm, encryption, denied } = facts;
  const unknown = (check: VaultCheck, what: string): VaultFinding => ({
    check,
    level: 'warning',
    message: `whether the bucket ${what} could not be asked`,
    hint: `allow ${denied.join(' and ')} to see it; nothing else needs it`,
  });
  const findings: VaultFinding[] = [];
  if (region === 'unknown') findings.push(unknown('region', `lies in ${spec.region}`));
  else if (region !== spec.region)
    findings.push({
      check: 'region',
      level: 'error',
      kind: 'invalid',
      message: `bucket ${spec.bucket} lies in ${region}, not in ${spec.region}`,
      hint: `give the vault the region ${region}`,
    });
  else findings.push({ check: 'region', level: 'ok', message: `the bucket lies in ${region}` });
  findings.push(
    versioning === 'unknown'
      ? unknown('versioning', 'keeps versions')
      : versioning === 'never'
        ? { check: 'versioning', level: 'ok', message: 'the bucket keeps no versions' }
        : {
            check: 'versioning',
            level: 'warning',
            message: `versioning is ${versioning}: what expires is hidden, and billed on`,
            hint: 'add a lifecycle rule that removes noncurrent versions and expired delete markers',
          },
  );
  findings.push(
    worm === 'unknown'
      ? unknown('worm', 'has a retention policy (WORM)')
      : worm === 'none'
        ? { check: 'worm', level: 'ok', message: 'the bucket has no retention policy (WORM)' }
        : {
            check: 'worm',
            level: 'ok',
            message: `a retention policy (WORM, ${worm.state}) keeps each object for ${counted(worm.days, 'day')}: backups expire when both it and their TTL are over`,
          },
  );
  findings.push(
    encryption === 'unknown'
      ? unknown('encryption', 'encrypts what it holds')
      : encryption === 'none'
        ? {
            check: 'encryption',
            level: 'warning',
            message: 'the bucket does not encrypt what it holds, and backups hold Secrets',
            hint: 'set server-side encryption on the bucket (AES256 costs nothing, KMS needs kms:GenerateDataKey and kms:Decrypt)',
          }
        : { check: 'encryption', level: 'ok', message: `the bucket encrypts what it holds (${encryption})` },
  );
  return findings;
}

function readOnlyFinding(): VaultFinding {
  return {
    check: 'writable',
    level: 'ok',
    message: 'read-only: nothing is written to it or deleted from it',
  };
}

/** No object comes of it, so neither WORM nor an event trigger sees it. */
async function tryToWrite(store: ObjectStore): Promise<VaultFinding> {
  const upload = await store.startUpload('metadata/lifeboat/examined');
  try {
    await upload.abort();
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.kind !== 'denied') throw error;
    return {
      check: 'writable',
      level: 'warning',
      message: `it can be written to, but uploads cannot be aborted: ${messageOf(error)}`,
      hint: 'allow oss:AbortMultipartUpload, or let a lifecycle rule remove the parts of unfinished uploads after 7 days',
    };
  }
  return { check: 'writable', level: 'ok', message: 'it can be written to' };
}
