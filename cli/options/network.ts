import type { Network } from '../../shared/app/deploy/render';
import { LifeboatError } from '../../shared/platform/errors';

/** Reads `vpc-…/vsw-…,vsw-…/sg-…`. Throws `invalid`. */
export function network(text: string): Network {
  const [, vpcId, vSwitches, securityGroupId] =
    /^(vpc-[\w-]+)\/(vsw-[\w-]+(?:,vsw-[\w-]+)*)\/(sg-[\w-]+)$/.exec(text) ?? [];
  if (vpcId) return { vpcId, vSwitchIds: vSwitches!.split(','), securityGroupId: securityGroupId! };
  throw new LifeboatError('invalid', `"${text}" is not a network`, {
    hint: 'write vpc-…/vsw-…/sg-…: the VPC, its vSwitches with commas between, and a security group',
  });
}

/** Reads `name=vpc-…/vsw-…/sg-…`, several times. */
export function networks(text: string, before: Record<string, Network> = {}): Record<string, Network> {
  const [, name, where] = /^([a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)=(.+)$/.exec(text) ?? [];
  if (name) return { ...before, [name]: network(where!) };
  throw new LifeboatError('invalid', `"${text}" is not a named network`, {
    hint: 'write name=vpc-…/vsw-…/sg-…, with the name that clusters have in spec.network',
  });
}
