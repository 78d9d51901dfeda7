import { LifeboatError } from '../../platform/errors';
import { type Vault, vaultPrefix } from '../../formats/manifests/vault';
import type { BucketFacts } from '../../platform/oss/oss-bucket';
import type { Installation } from '../installation';
import { about, type Finding } from './finding';
import { counted } from '../../platform/counted';

const { ok, warning, error } = about('state');

/** Where the state lies: never in a vault, never where versions are kept or a retention policy locks. */
export async function examineState(installation: Installation, vaults: readonly Vault[]): Promise<Finding[]> {
  const { settings } = installation;
  const { bucket, prefix } = settings.state;
  const findings: Finding[] = [];
  const own = prefix === '' ? '' : `${prefix}/`;
  for (const vault of vaults) {
    const theirs = vaultPrefix(vault);
    if (vault.spec.bucket !== bucket || !(own.startsWith(theirs) || theirs.startsWith(own))) continue;
    findings.push(
      error(
        `oss://${bucket}/${own} and vault ${vault.metadata.name} overlap: a Velero calls that vault Unavailable`,
        'move one of the two to another bucket, or to a prefix beside the other',
      ),
    );
  }
  try {
    const facts = await installation.readVaultBucket(placeOf(installation));
    findings.push(...bucketFindings(facts, bucket, settings.region));
  } catch (failed) {
    if (!(failed instanceof LifeboatError)) throw failed;
    findings.push(error(failed.message, failed.hint));
  }
  return findings;
}

/** The bucket of the state in the words of a vault, by which buckets are asked about. */
function placeOf({ settings }: Installation): Vault {
  const { state, region, networkType } = settings;
  return { kind: 'Vault', metadata: { name: 'state' }, spec: { region, bucket: state.bucket, networkType } };
}

function bucketFindings(facts: BucketFacts, bucket: string, wanted: string): Finding[] {
  const { versioning, worm, region, encryption, denied } = facts;
  const findings: Finding[] = [];
  if (versioning === 'Enabled' || versioning === 'Suspended')
    findings.push(
      error(
        `bucket ${bucket} keeps versions (${versioning}): no two writers can be kept apart there`,
        'move the state to a bucket in which versioning was never switched on',
      ),
    );
  if (typeof worm === 'object')
    findings.push(
      error(
        `bucket ${bucket} is locked by a retention policy (WORM, ${counted(worm.days, 'day')}): the state has to change`,
        'move the state to a bucket without one',
      ),
    );
  if (region !== 'unknown' && region !== wanted)
    findings.push(
      error(
        `bucket ${bucket} lies in ${region}, and LIFEBOAT_REGION is ${wanted}`,
        'correct LIFEBOAT_REGION, or move the state',
      ),
    );
  if (encryption === 'none')
    findings.push(
      warning(
        `bucket ${bucket} does not encrypt what it holds; kubeconfigs are sealed all the same`,
        'set server-side encryption on the bucket',
      ),
    );
  if (denied.length > 0)
    findings.push(
      warning(
        `not all that matters of bucket ${bucket} could be seen`,
        `allow ${denied.join(' and ')} to whoever runs this; the functions do not need it`,
      ),
    );
  return findings.length > 0
    ? findings
    : [ok(`oss://${bucket} in ${wanted} keeps no versions, is not locked, and is encrypted (${encryption})`)];
}
