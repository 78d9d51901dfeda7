import * as v from 'valibot';
import { longestName, nameSchema } from '../../platform/input/names';
import { fault, parse } from '../../platform/input/parse';
import { bucketSchema, regionSchema, subdirectorySchema } from '../../formats/manifests/vault';
import { deployedName, functionNames, workers } from './functions';
import type { DeployedNames, Place } from './statements';

const accountSchema = v.pipe(
  v.string(),
  v.regex(/^\d{5,32}$/, fault('is not the id of an account', 'write its digits, as the console shows them')),
);

const keySchema = v.pipe(
  v.string(),
  v.regex(
    /^acs:kms:[a-z0-9-]+:\d{5,32}:key\/[A-Za-z0-9-]{1,64}$/,
    fault('is not the ARN of a key in KMS', 'write acs:kms:<region>:<account>:key/<id>'),
  ),
);

const ackSchema = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9]{8,64}$/,
    fault('is not the id of an ACK cluster', 'write it as the ACK console shows it'),
  ),
);

/** What a deployment is made of, beside which vaults are read-only. */
export interface NamedParts extends DeployedNames {
  places?: readonly Place[];
  kmsKey?: string;
  bucketKeys?: readonly string[];
  ackClusters?: readonly string[];
}

/**
 * Throws `invalid` naming the part that is none. Whatever comes through here ends up in a policy or in a shell: a `*` in the
 * name of a bucket would give rights on all of them.
 */
export function checkDeployment(parts: NamedParts): void {
  for (const { bucket, prefix } of parts.places ?? []) {
    parse(bucketSchema, bucket, `bucket "${bucket}"`);
    if (prefix !== undefined) parse(subdirectorySchema, prefix, `prefix "${prefix}" of bucket ${bucket}`);
  }
  if (parts.region !== undefined) parse(regionSchema, parts.region, `region "${parts.region}"`);
  if (parts.accountId !== undefined) parse(accountSchema, parts.accountId, `account "${parts.accountId}"`);
  for (const key of [parts.kmsKey ?? [], parts.bucketKeys ?? []].flat()) parse(keySchema, key, `"${key}"`);
  for (const id of parts.ackClusters ?? []) parse(ackSchema, id, `"${id}"`);
  checkNames(parts);
}

/** Function Compute and RAM take 64 characters; one is kept for the dash of a version. */
function checkNames({ prefix = 'lifeboat', networks = [] }: DeployedNames): void {
  parse(nameSchema, prefix, 'the prefix of the names');
  for (const network of networks) parse(nameSchema, network, 'the network');
  const names = [
    ...functionNames.map((name) => deployedName(prefix, name)),
    ...networks.flatMap((network) => workers.map((name) => deployedName(prefix, name, network))),
  ];
  const short = v.pipe(
    v.string(),
    v.maxLength(
      longestName,
      fault('is too long for the name of a function', 'shorten the prefix or the network'),
    ),
  );
  for (const name of names) parse(short, name, name);
}
