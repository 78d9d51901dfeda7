import { LifeboatError } from '../errors';
import { ruleOnRights } from '../manifests/modifier-reach';
import type { Transforms } from '../manifests/transforms';
import { type Caller, mayAs } from './caller';

/** Labels by which Kubernetes adds the rules of one ClusterRole to others, `…/aggregate-to-admin`. */
const aggregation = 'rbac.authorization.k8s.io/';

/** Only the role `admin` has roles and their bindings changed on their way into a cluster. Throws LifeboatError `denied`. */
export function assertMayModify(transforms: Transforms = {}, { role }: Pick<Caller, 'role'>): void {
  if (mayAs(role, 'admin')) return;
  const { resourceModifiers, labels = {} } = transforms;
  const pattern = resourceModifiers && ruleOnRights(resourceModifiers);
  if (pattern !== undefined) {
    throw new LifeboatError(
      'denied',
      `the role ${role} may not modify "${pattern}", which includes roles or their bindings`,
      { hint: 'it takes the role admin; name the resources that are meant in groupResource' },
    );
  }
  const label = Object.keys(labels).find((name) => name.startsWith(aggregation));
  if (label === undefined) return;
  throw new LifeboatError(
    'denied',
    `the role ${role} may not add the label "${label}", which gives a ClusterRole's rights to others`,
    { hint: 'it takes the role admin; leave the label out' },
  );
}
