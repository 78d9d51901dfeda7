import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ApiResource, groupResource } from '../../../../../shared/platform/kubernetes/api-resource';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { replacementOf } from '../../../../../shared/operations/restore/convert/gone';
import { conversions } from '../../../../../shared/operations/restore/convert/table';
import { convertToServed } from '../../../../../shared/operations/restore/transform/convert-version';

/** A target that serves these, each `group/version resource Kind`, the first of a group preferred. */
function serving(...served: string[]): (name: string) => ApiResource[] {
  const resources = served.map((text, index): ApiResource => {
    const [apiVersion, resource, kind] = text.split(' ') as [string, string, string];
    const [group, version] = apiVersion.split('/') as [string, string];
    const preferred = served.findIndex((one) => one.startsWith(`${group}/`)) === index;
    const more = { namespaced: true, singular: '', shortNames: [], verbs: [], subresources: [] };
    return { group, version, kind, resource, preferred, ...more };
  });
  return (name) => resources.filter((one) => groupResource(one) === name);
}

const object = (apiVersion: string, kind: string, spec: Record<string, unknown> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: {
    name: 'a',
    managedFields: [{ manager: 'm', operation: 'Apply', apiVersion, fieldsV1: { 'f:spec': {} } }],
  },
  spec,
});

describe('the version of a restored object', () => {
  test('is the archived one where the target serves it, and the object stays as it was', () => {
    const budget = object('policy/v1beta1', 'PodDisruptionBudget', { selector: {} });
    const before = structuredClone(budget);
    const target = serving(
      'policy/v1 poddisruptionbudgets PodDisruptionBudget',
      'policy/v1beta1 poddisruptionbudgets PodDisruptionBudget',
    );
    const served = convertToServed('poddisruptionbudgets.policy', budget, target);
    expect(served?.resource.version).toBe('v1beta1');
    expect(served?.converted).toBeUndefined();
    expect(budget).toEqual(before);
  });

  test('is one of the group that the kind moved to where its own is gone, and back', () => {
    const spec = { backend: { serviceName: 'web', servicePort: 80 } };
    const ingress = object('extensions/v1beta1', 'Ingress', structuredClone(spec));
    const today = serving('networking.k8s.io/v1 ingresses Ingress');
    const served = convertToServed('ingresses.extensions', ingress, today);
    expect(served?.resource).toMatchObject({ group: 'networking.k8s.io', version: 'v1' });
    expect(served?.converted).toBe('extensions/v1beta1 → networking.k8s.io/v1');
    expect(ingress.apiVersion).toBe('networking.k8s.io/v1');
    // Whose it is stays known; which fields of the new version are theirs does not.
    expect(ingress.metadata.managedFields).toEqual([
      { manager: 'm', operation: 'Apply', apiVersion: 'networking.k8s.io/v1' },
    ]);
    const old = serving('extensions/v1beta1 ingresses Ingress');
    expect(convertToServed('ingresses.networking.k8s.io', ingress, old)?.resource.group).toBe('extensions');
    expect(ingress.spec).toEqual(spec);
  });

  test('is the nearest that loses least', () => {
    const autoscaler = object('autoscaling/v2', 'HorizontalPodAutoscaler');
    const old = ['v1', 'v2beta1', 'v2beta2'].map(
      (one) => `autoscaling/${one} horizontalpodautoscalers HorizontalPodAutoscaler`,
    );
    const served = convertToServed('horizontalpodautoscalers.autoscaling', autoscaler, serving(...old));
    expect(served?.resource.version).toBe('v2beta2');
  });

  test("of a custom resource is the one of its group that the target prefers, and another group's kind of the same name is no match", () => {
    const target = serving('example.com/v2 ingresses Ingress', 'networking.k8s.io/v1 ingresses Ingress');
    const custom = object('example.com/v1', 'Ingress', { backend: { serviceName: 'a' } });
    const served = convertToServed('ingresses.example.com', custom, target);
    expect(served?.converted).toBe('example.com/v1 → example.com/v2, by name alone');
    expect(custom.spec).toEqual({ backend: { serviceName: 'a' } });
    const stranger = object('other.example.com/v1', 'Ingress');
    expect(convertToServed('ingresses.other.example.com', stranger, target)).toBeUndefined();
  });

  test('of a kind that is gone is none, and the report says what to use', () => {
    const policy = object('policy/v1beta1', 'PodSecurityPolicy');
    const target = serving('policy/v1 poddisruptionbudgets PodDisruptionBudget');
    expect(convertToServed('podsecuritypolicies.policy', policy, target)).toBeUndefined();
    expect(replacementOf('podsecuritypolicies.policy')).toContain('Pod Security Admission');
    expect(replacementOf('podsecuritypolicies.example.com')).toBeUndefined();
    expect(replacementOf('toString.policy')).toBeUndefined();
  });
});

test('an object of any shape is converted or left alone, never the end of a restore', () => {
  const field = fc.constantFrom(
    'metrics',
    'backend',
    'rules',
    'selector',
    'template',
    'limited',
    'conversion',
  );
  const anything = fc.dictionary(field, fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(fc.constantFrom(...conversions), anything, fc.jsonValue(), (step, spec, list) => {
      const strange = {
        ...object(step.from, step.kind, { ...spec, versions: list }),
        webhooks: list,
        subjects: list,
      };
      expect(() => step.convert?.({ ...strange, endpoints: list } as KubeObject)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
