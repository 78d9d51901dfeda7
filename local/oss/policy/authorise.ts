import type { OssCredentials } from '../credentials';
import { OssError } from '../oss-error';
import type { RequestContext } from './conditions';
import { decide } from './decide';
import type { NeededRight } from './needed-rights';

/** Account that owns the buckets of this server. */
const ownerId = '1000000000000001';

/** A call that a policy refused. */
export interface Denial {
  accessKeyId: string;
  action: string;
  resource: string;
  /** Of a listing. */
  prefix?: string;
}

/**
 * Lets a call through if the policies of the key that signed it allow all that it needs. A key without policies is the
 * account's own. Throws AccessDenied as OSS does: the EC tells a Deny from a missing Allow.
 */
export function authorise(
  signer: OssCredentials,
  rights: readonly NeededRight[],
  { region, context, denials }: { region: string; context: RequestContext; denials: Denial[] },
): void {
  const { policies, accessKeyId } = signer;
  if (!policies) return;
  for (const { action, bucket = '', key } of rights) {
    const resource = `acs:oss:oss-${region}:${ownerId}:${bucket}${key === undefined ? '' : `/${key}`}`;
    const decision = decide(policies, { action, resource, context });
    if (decision === 'allow') continue;
    const prefix = key === undefined ? context['oss:Prefix'] : undefined;
    denials.push({ accessKeyId, action, resource, ...(prefix !== undefined && { prefix }) });
    throw denied(action, decision === 'explicit-deny', bucket);
  }
}

/** The two forms: https://help.aliyun.com/en/oss/user-guide/0003-00000201, …/0003-00000001 */
function denied(action: string, explicit: boolean, bucket: string): OssError {
  return new OssError('AccessDenied', {
    ec: explicit ? '0003-00000201' : '0003-00000001',
    message: explicit ? 'Access denied by bucket policy.' : 'You have no right to access this object.',
    elements: {
      ...(bucket && { Bucket: bucket }),
      AccessDeniedDetail: {
        PolicyType: 'AccountLevelIdentityBasedPolicy',
        NoPermissionType: explicit ? 'ExplicitDeny' : 'ImplicitDeny',
        AuthAction: action,
      },
    },
  });
}
