import { LifeboatError } from '../../shared/errors';
import type { LabelSelector } from '../../shared/manifests/velero';

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

/**
 * Reads kubectl's selector syntax: `app=web,tier!=cache,env in (a,b),env notin (c),gpu,!spot`.
 * Throws `invalid` naming the part that cannot be read.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: Expression[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const equality = /^([^=!\s]+)\s*={1,2}\s*([^=!\s]*)$/.exec(part);
    if (equality) matchLabels[equality[1]!] = equality[2]!;
    else matchExpressions.push(parseExpression(part, text));
  }
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}

function parseExpression(part: string, whole: string): Expression {
  const inequality = /^([^=!\s]+)\s*!=\s*([^=!\s]*)$/.exec(part);
  if (inequality) return { key: inequality[1]!, operator: 'NotIn', values: [inequality[2]!] };
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    return { key: set[1]!, operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const presence = /^(!?)\s*([^=!\s()]+)$/.exec(part);
  if (presence) return { key: presence[2]!, operator: presence[1] === '!' ? 'DoesNotExist' : 'Exists' };
  throw new LifeboatError('invalid', `"${part || whole}" is not a label selector`, {
    hint: 'write it as kubectl does, for example app=web,tier!=cache or "env in (a,b)"',
  });
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}
