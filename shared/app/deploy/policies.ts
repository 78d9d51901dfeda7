import { normalisePrefix } from '../../platform/oss/oss-location';
import { checkDeployment } from './check-deployment';
import { deployedName, type FunctionName, functionNames, isWorker } from './functions';
import { type KeyRights, rights } from './rights';
import {
  allow,
  fitting,
  type DeployedNames,
  type Place,
  type Policy,
  resourceOf,
  type Statement,
  startable,
} from './statements';

export type { Place, Policy } from './statements';

/** As the functions see a vault: by their own role, unless it names another way in. */
export interface DeployedVault extends Place {
  /** Nothing is written to it or deleted from it. */
  readOnly?: boolean;
  /** ARN of the role that is assumed to use it. */
  role?: string;
  /** It has an access key of its own. */
  accessKey?: boolean;
}

export interface Deployment extends DeployedNames {
  state: Place;
  vaults: readonly DeployedVault[];
  /** ARN of the KMS key that opens kubeconfigs, `acs:kms:cn-hangzhou:1234567890123456:key/…`. */
  kmsKey?: string;
  /** ARNs of KMS keys under which OSS encrypts state or vaults: who reads and writes there needs them. */
  bucketKeys?: readonly string[];
  /** ACK clusters whose kubeconfigs are fetched on use, by id. */
  ackClusters?: readonly string[];
}

/**
 * The RAM policy of one function: the least that its work takes in these places. Throws `invalid` naming the part of the
 * deployment that is none, or when it is longer than RAM takes.
 */
export function policyOf(name: FunctionName, deployment: Deployment): Policy {
  checkDeployment({ ...deployment, places: [deployment.state, ...deployment.vaults] });
  const { state, vault, starts, decrypts } = rights[name];
  const uses = vault.reads.length > 0;
  const own = deployment.vaults.filter(({ role, accessKey }) => role === undefined && !accessKey);
  const roles = deployment.vaults.flatMap(({ role }) => (role === undefined || !uses ? [] : [role]));
  const places = [
    placed(deployment.state, state),
    ...own.map((each) => placed(each, each.readOnly ? { ...vault, writes: [], deletes: [] } : vault)),
  ];
  const all = (pick: (place: (typeof places)[number]) => string[]) => places.flatMap(pick);
  const writable = own.filter(({ readOnly }) => !readOnly);
  const aborting = vault.abortsUploads ? writable : [];
  const versioned = vault.readsVersions ? writable : [];
  const statements: Statement[] = [
    allow(
      ['oss:GetObject'],
      all(({ reads }) => reads),
    ),
    ...places.flatMap(({ bucket, lists }) =>
      lists.length === 0
        ? []
        : {
            ...allow(['oss:ListObjects'], [`acs:oss:*:*:${bucket}`]),
            Condition: { StringLike: { 'oss:Prefix': lists } },
          },
    ),
    allow(
      ['oss:PutObject'],
      all(({ writes }) => writes),
    ),
    allow(
      ['oss:DeleteObject'],
      all(({ deletes }) => deletes),
    ),
    allow(
      // A copy that goes on asks which parts have arrived.
      ['oss:AbortMultipartUpload', 'oss:ListParts'],
      aborting.map((each) => resourceOf(each, 'backups/*')),
    ),
    allow(
      ['oss:GetObjectVersion'],
      versioned.map((each) => resourceOf(each, 'backups/*')),
    ),
    ...versioned.map((each) => ({
      ...allow(['oss:ListObjectVersions'], [`acs:oss:*:*:${each.bucket}`]),
      Condition: { StringLike: { 'oss:Prefix': [`${normalisePrefix(each.prefix ?? '')}backups/*`] } },
    })),
    allow(
      ['oss:GetBucketWorm'],
      vault.readsWorm ? [...new Set(writable.map(({ bucket }) => `acs:oss:*:*:${bucket}`))] : [],
    ),
    allow(['oss:ListMultipartUploads'], [...new Set(aborting.map(({ bucket }) => `acs:oss:*:*:${bucket}`))]),
    allow(['fc:InvokeFunction'], startable(starts, deployment)),
    allow(['sts:AssumeRole'], [...new Set(roles)]),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [...(deployment.bucketKeys ?? [])]),
    ...(decrypts ? decrypting(deployment) : []),
  ];
  const policy: Policy = {
    Version: '1',
    Statement: statements.filter(({ Resource }) => Resource.length > 0),
  };
  return fitting(policy, name);
}

/** The policies of all functions by the name of their role: `lifeboat-backup`, `lifeboat-backup-blue`, … */
export function policies(deployment: Deployment): Record<string, Policy> {
  const { prefix = 'lifeboat', networks = [] } = deployment;
  const named: Record<string, Policy> = {};
  for (const name of functionNames) {
    const policy = policyOf(name, deployment);
    named[deployedName(prefix, name)] = policy;
    for (const network of isWorker(name) ? networks : []) named[deployedName(prefix, name, network)] = policy;
  }
  return named;
}

/** The role with which OSS starts a function about an object that was written. */
export const eventRole = 'aliyunosseventnotificationrole';

/** Its policy: it may start what looks at backups that have landed, and nothing else. Throws as `policyOf`. */
export function eventRolePolicy(deployment: Deployment): Record<typeof eventRole, Policy> {
  checkDeployment(deployment);
  const statement = allow(['fc:InvokeFunction'], startable(['cross-cluster-restore'], deployment));
  return { [eventRole]: { Version: '1', Statement: [statement] } };
}

/** Who may take a role on: Function Compute, or OSS for that of its events. */
export function trustPolicyFor(service: 'fc' | 'oss') {
  const Principal = { Service: [`${service}.aliyuncs.com`] };
  return { Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
}

function placed(place: Place, { reads, writes, deletes }: KeyRights) {
  const at = (patterns: readonly string[]) => patterns.map((pattern) => resourceOf(place, pattern));
  const prefix = normalisePrefix(place.prefix ?? '');
  return {
    bucket: place.bucket,
    reads: at(reads),
    // What may be read may be listed: without it OSS would not tell an object that is missing from one that is forbidden.
    lists: reads.filter((pattern) => pattern.endsWith('*')).map((pattern) => prefix + pattern),
    writes: at(writes),
    deletes: at(deletes),
  };
}

function decrypting({ kmsKey, ackClusters = [], accountId = '*' }: Deployment): Statement[] {
  return [
    allow(['kms:Decrypt'], kmsKey === undefined ? [] : [kmsKey]),
    allow(
      ['cs:DescribeClusterUserKubeconfig'],
      ackClusters.map((id) => `acs:cs:*:${accountId}:cluster/${id}`),
    ),
  ];
}
