import { type ConditionKey, holds, operators, type RequestContext } from './conditions';
import type { RamPolicy, RamStatement } from './policy';
import { matches } from './wildcard';

/** `explicit-deny`: a statement says Deny; `implicit-deny`: none says Allow. */
export type Decision = 'allow' | 'explicit-deny' | 'implicit-deny';

export interface AccessRequest {
  /** `oss:GetObject`. */
  action: string;
  /** `acs:oss:oss-cn-hangzhou:1000000000000001:bucket/key`. */
  resource: string;
  context?: RequestContext;
}

/** RAM's order: one Deny that fits ends it, then one Allow is needed. */
export function decide(policies: readonly RamPolicy[], request: AccessRequest): Decision {
  const fitting = policies.flatMap(({ Statement }) => Statement).filter((each) => fits(each, request));
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return 'explicit-deny';
  return fitting.length > 0 ? 'allow' : 'implicit-deny';
}

function fits(
  { Action, Resource, Condition = {} }: RamStatement,
  { action, resource, context = {} }: AccessRequest,
): boolean {
  if (!Action.some((pattern) => matches(pattern, action))) return false;
  if (!Resource.some((pattern) => matches(pattern, resource))) return false;
  return operators.every((operator) =>
    Object.entries(Condition[operator] ?? {}).every(([key, wanted]) =>
      holds(operator, context[key as ConditionKey], wanted as string[]),
    ),
  );
}
