import * as v from 'valibot';
import { conditionKeys, operators } from './conditions';

const some = (item: v.GenericSchema<string>) =>
  v.pipe(
    v.union([item, v.pipe(v.array(item), v.minLength(1))]),
    v.transform((value) => (Array.isArray(value) ? value : [value])),
  );

const action = v.pipe(v.string(), v.regex(/^(\*|[a-z]+:[\w*?]+)$/, 'is not an action'));
const resource = v.pipe(
  v.string(),
  v.regex(/^(\*|acs:[^:\s]+:[^:\s]*:[^:\s]*:\S*)$/, 'is not acs:service:region:account:resource'),
);
const value = v.pipe(
  v.union([v.string(), v.number(), v.boolean()]),
  v.transform((given) => String(given)),
);

const statement = v.strictObject({
  Effect: v.picklist(['Allow', 'Deny']),
  Action: some(action),
  Resource: some(resource),
  Condition: v.optional(
    v.record(v.picklist(operators), v.record(v.picklist(conditionKeys), some(value as never)), 'no operator'),
  ),
});

/** https://help.aliyun.com/en/oss/user-guide/authorization-syntax-and-elements */
const schema = v.strictObject({
  Version: v.literal('1'),
  Statement: v.pipe(v.array(statement), v.minLength(1)),
});

export type RamPolicy = v.InferOutput<typeof schema>;
export type RamStatement = RamPolicy['Statement'][number];

/**
 * A RAM policy as it would be attached to a role. Strict: a misspelt element, and a condition that this server does not know,
 * would let something through that nobody meant. Throws an Error that says where.
 */
export function parsePolicy(document: unknown): RamPolicy {
  const parsed = v.safeParse(schema, document);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`the RAM policy is not one: ${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`);
}
