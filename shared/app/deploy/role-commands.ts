import { eventRole, type Policy, trustPolicyFor } from './policies';

/**
 * Commands of the aliyun CLI that make the roles and give each its policy. A policy that is there already is not changed:
 * `aliyun ram CreatePolicyVersion` does that.
 */
export function roleCommands(policies: Readonly<Record<string, Policy>>): string {
  const quoted = (document: object) => `'${JSON.stringify(document)}'`;
  return Object.entries(policies)
    .flatMap(([name, policy]) => [
      `aliyun ram CreateRole --RoleName ${name} --AssumeRolePolicyDocument ${quoted(trustPolicyFor(name === eventRole ? 'oss' : 'fc'))}`,
      `aliyun ram CreatePolicy --PolicyName ${name} --PolicyDocument ${quoted(policy)}`,
      `aliyun ram AttachPolicyToRole --PolicyType Custom --PolicyName ${name} --RoleName ${name}`,
    ])
    .join('\n');
}
