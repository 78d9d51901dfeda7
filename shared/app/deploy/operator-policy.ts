import { normalisePrefix } from '../../platform/oss/oss-location';
import { checkDeployment } from './check-deployment';
import { functionNames } from './functions';
import type { Deployment } from './policies';
import { allow, fitting, type Policy, resourceOf, startable } from './statements';

/**
 * What a person needs to work with an installation at the command line, `doctor` and deletions included; for a RAM user, or a
 * role that people take on. Deploying takes more, and other, rights. Throws as `policyOf`.
 */
export function operatorPolicy(deployment: Deployment): Policy {
  checkDeployment({ ...deployment, places: [deployment.state, ...deployment.vaults] });
  const { state, vaults, kmsKey, bucketKeys = [], ackClusters = [], accountId = '*' } = deployment;
  const own = vaults.filter(({ role, accessKey }) => role === undefined && !accessKey);
  const writable = own.filter(({ readOnly }) => !readOnly);
  const buckets = [...new Set([state, ...own].map(({ bucket }) => `acs:oss:*:*:${bucket}`))];
  const statements = [
    allow(
      ['oss:GetObject'],
      [state, ...own].map((place) => resourceOf(place, '*')),
    ),
    allow(
      ['oss:PutObject', 'oss:DeleteObject', 'oss:AbortMultipartUpload', 'oss:ListParts'],
      [state, ...writable].map((place) => resourceOf(place, '*')),
    ),
    allow(
      ['oss:ListMultipartUploads', 'oss:GetBucketInfo', 'oss:GetBucketVersioning', 'oss:GetBucketWorm'],
      buckets,
    ),
    ...[state, ...own].map(({ bucket, prefix = '' }) => ({
      ...allow(['oss:ListObjects'], [`acs:oss:*:*:${bucket}`]),
      Condition: { StringLike: { 'oss:Prefix': [`${normalisePrefix(prefix)}*`] } },
    })),
    allow(['fc:InvokeFunction'], startable(['backup', 'restore'], deployment)),
    allow(['fc:GetFunction', 'fc:ListTriggers'], startable(functionNames, deployment)),
    allow(
      ['sts:AssumeRole'],
      vaults.flatMap(({ role }) => role ?? []),
    ),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [...(kmsKey === undefined ? [] : [kmsKey]), ...bucketKeys]),
    allow(
      ['cs:DescribeClusterUserKubeconfig'],
      ackClusters.map((id) => `acs:cs:*:${accountId}:cluster/${id}`),
    ),
  ];
  return fitting(
    { Version: '1', Statement: statements.filter(({ Resource }) => Resource.length > 0) },
    'people',
  );
}
