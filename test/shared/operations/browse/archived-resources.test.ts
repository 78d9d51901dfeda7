import { describe, expect, it } from '@jest/globals';
import { archivedResources } from '../../../../shared/operations/browse/archived-resources';

const held = [
  'configmaps',
  'endpoints',
  'pods',
  'services',
  'deployments.apps',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'storageclasses.storage.k8s.io',
  'services.serving.knative.dev',
  'gadgets.example.com',
];

describe('the resource that a person means', () => {
  it.each([
    ['configmap', ['configmaps']],
    ['ConfigMap', ['configmaps']],
    ['cm', ['configmaps']],
    ['endpoints', ['endpoints']],
    ['deploy', ['deployments.apps']],
    ['deployment.apps', ['deployments.apps']],
    ['deployments.apps', ['deployments.apps']],
    ['ingress', ['ingresses.networking.k8s.io']],
    ['ing', ['ingresses.networking.k8s.io']],
    ['NetworkPolicy', ['networkpolicies.networking.k8s.io']],
    ['storageclass', ['storageclasses.storage.k8s.io']],
    ['gadget', ['gadgets.example.com']],
    ['gadgets.example', ['gadgets.example.com']],
    // Groups that share a name are all meant; the short name is the built-in one's.
    ['service', ['services', 'services.serving.knative.dev']],
    ['svc', ['services']],
    ['service.serving.knative.dev', ['services.serving.knative.dev']],
    ['statefulset', ['statefulset']],
  ])('by %s is %j', (text, expected) => {
    expect(archivedResources(text, held)).toEqual(expected);
  });
});
