import { LifeboatError } from '../platform/errors';
import { ruleOnRights } from '../formats/manifests/modifiers/modifier-reach';
import { rightsGroups } from '../formats/manifests/rights-groups';
import type { Transforms } from '../formats/manifests/modifiers/transforms';
import { type Caller, mayAs } from './caller';

/** Whether Kubernetes or OpenShift adds the rules of a ClusterRole with this label to others: `…/aggregate-to-admin`. */
const aggregates = (label: string) => rightsGroups.has(label.split('/')[0]!);

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
  const label = Object.keys(labels).find(aggregates);
  if (label === undefined) return;
  throw new LifeboatError(
    'denied',
    `the role ${role} may not add the label "${label}", which gives a ClusterRole's rights to others`,
    { hint: 'it takes the role admin; leave the label out' },
  );
}
