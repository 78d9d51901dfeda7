import { LifeboatError } from '../../platform/errors';
import { normalisePrefix } from '../../platform/oss/oss-location';
import { deployedName, type FunctionName, workers } from './functions';

/** A place in OSS. */
export interface Place {
  bucket: string;
  /** With or without slashes around it; absent for the root of the bucket. */
  prefix?: string;
}

/** What the functions of a deployment are called, and where they are. */
export interface DeployedNames {
  /** Of functions and roles. Default `lifeboat`. */
  prefix?: string;
  /** Networks that have workers of their own, beside those without one. */
  networks?: readonly string[];
  /** Of the functions, `cn-hangzhou`; any without it. */
  region?: string;
  /** Account that owns the functions; any without it. */
  accountId?: string;
}

export interface Statement {
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: { StringLike: { 'oss:Prefix': string[] } };
}

/** As RAM takes it. */
export interface Policy {
  Version: '1';
  Statement: Statement[];
}

/** RAM takes no longer custom policy, without the spaces. */
const longest = 6144;

/** Throws `invalid` for a policy that RAM does not take. @param whom whose it is: `backup` */
export function fitting(policy: Policy, whom: string): Policy {
  const { length } = JSON.stringify(policy);
  if (length <= longest) return policy;
  throw new LifeboatError(
    'invalid',
    `the policy of ${whom} has ${length} characters, and RAM takes ${longest}`,
    { hint: 'give several policies to the role, each for some of the vaults' },
  );
}

export function resourceOf({ bucket, prefix = '' }: Place, pattern: string): string {
  return `acs:oss:*:*:${bucket}/${normalisePrefix(prefix)}${pattern}`;
}

export function allow(Action: string[], Resource: string[]): Statement {
  return { Effect: 'Allow', Action, Resource };
}

/** A function, and its versions and aliases. */
export function startable(starts: readonly FunctionName[], names: DeployedNames): string[] {
  const { prefix = 'lifeboat', networks = [], region = '*', accountId = '*' } = names;
  const ofNetworks = networks.flatMap((network) =>
    workers.filter((name) => starts.includes(name)).map((name) => deployedName(prefix, name, network)),
  );
  return [...starts.map((name) => deployedName(prefix, name)), ...ofNetworks].flatMap((name) => [
    `acs:fc:${region}:${accountId}:functions/${name}`,
    `acs:fc:${region}:${accountId}:functions/${name}/*`,
  ]);
}
