import { LifeboatError } from '../errors';
import { ruleOnRights } from '../manifests/modifier-reach';
import type { Transforms } from '../manifests/transforms';
import { type Caller, mayAs } from './caller';

/** Only the role `admin` has roles and their bindings changed on their way into a cluster. Throws LifeboatError `denied`. */
export function assertMayModify(transforms: Transforms | undefined, { role }: Pick<Caller, 'role'>): void {
  const modifiers = transforms?.resourceModifiers;
  const pattern = modifiers && ruleOnRights(modifiers);
  if (pattern === undefined || mayAs(role, 'admin')) return;
  throw new LifeboatError(
    'denied',
    `the role ${role} may not modify "${pattern}", which includes roles or their bindings`,
    { hint: 'it takes the role admin; name the resources that are meant in groupResource' },
  );
}
