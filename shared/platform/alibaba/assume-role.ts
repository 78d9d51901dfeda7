import * as v from 'valibot';
import { LifeboatError } from '../errors';
import { callOpenApi, type OpenApiAccess } from './call';

/** A role, and for whom it is assumed. */
export interface RoleToAssume {
  /** `acs:ram::<account>:role/<name>`. */
  arn: string;
  externalId?: string;
  /** Shown in the audit log of the account that owns the role. */
  session: string;
}

/** A token of STS with its key. */
export interface AssumedRole {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken: string;
  /** Milliseconds from now until it ends, by STS's own clock. */
  validFor: number;
}

/** What roles are allowed by default; longer sessions need another setting of the role. */
const durationSeconds = 3_600;

const answer = v.object({
  Credentials: v.object({
    AccessKeyId: v.pipe(v.string(), v.nonEmpty()),
    AccessKeySecret: v.pipe(v.string(), v.nonEmpty()),
    SecurityToken: v.pipe(v.string(), v.nonEmpty()),
    Expiration: v.pipe(v.string(), v.isoTimestamp()),
  }),
});

/** AssumeRole of STS (API version 2015-04-01). Throws `denied`, `not-found`, `invalid` naming the role, or `unavailable`. */
export async function assumeRole(access: OpenApiAccess, role: RoleToAssume): Promise<AssumedRole> {
  const { body, date } = await callOpenApi(access, {
    action: 'AssumeRole',
    version: '2015-04-01',
    what: `role ${role.arn}`,
    parameters: {
      RoleArn: role.arn,
      RoleSessionName: role.session,
      DurationSeconds: String(durationSeconds),
      ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    },
  });
  const parsed = v.safeParse(answer, body);
  if (!parsed.success) {
    throw new LifeboatError('unavailable', `AssumeRole for role ${role.arn}: the answer is not one of STS`);
  }
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = parsed.output.Credentials;
  return {
    accessKeyId: AccessKeyId,
    accessKeySecret: AccessKeySecret,
    securityToken: SecurityToken,
    validFor: Date.parse(Expiration) - date.getTime(),
  };
}

/** The endpoint of STS in a region; `internal` is for functions in a VPC of that region. */
export function stsEndpoint(region: string, internal: boolean): string {
  return `https://sts${internal ? '-vpc' : ''}.${region}.aliyuncs.com`;
}
