import type { TestItem, TestObject } from '../../shared/operations/restore/restore-rig';

const namespace = 'troubled';

/** What stands in the way of the backup: a port that is taken, a quota, a Deployment whose selector cannot be changed. */
export const troubledNamespace = `
apiVersion: v1
kind: Namespace
metadata: {name: ${namespace}}
---
apiVersion: v1
kind: Service
metadata: {name: taker, namespace: default}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30777}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: tight, namespace: ${namespace}}
spec: {hard: {count/configmaps: "1"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stuck, namespace: ${namespace}}
spec:
  replicas: 0
  selector: {matchLabels: {app: stuck}}
  template:
    metadata: {labels: {app: stuck}}
    spec: {containers: [{name: x, image: "example.com/x:1"}]}
`;

/** A backup in which every object meets another problem. */
export function troubledBackup(stuck: TestObject): TestItem[] {
  const labels = { app: 'other' };
  const metadata = (name: string) => ({ name, namespace });
  return [
    {
      groupResource: 'deployments.apps',
      object: {
        ...stuck,
        spec: {
          ...stuck.spec,
          selector: { matchLabels: labels },
          template: { ...stuck.spec.template, metadata: { labels } },
        },
      },
    },
    {
      groupResource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
      object: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'lonely' },
        webhooks: [
          {
            name: 'lonely.example.com',
            clientConfig: { service: { namespace, name: 'not-there' } },
            rules: [
              {
                apiGroups: ['nothing.example.com'],
                apiVersions: ['*'],
                operations: ['*'],
                resources: ['*'],
              },
            ],
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
          },
        ],
      },
    },
    {
      groupResource: 'services',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          ...metadata('wants-port'),
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration':
              '{"spec":{"ports":[{"port":80,"nodePort":30777}]}}',
          },
        },
        spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30777, protocol: 'TCP' }] },
      },
    },
    {
      groupResource: 'strangers.nowhere.example.com',
      object: { apiVersion: 'nowhere.example.com/v1', kind: 'Stranger', metadata: metadata('a') },
    },
    {
      groupResource: 'persistentvolumeclaims',
      object: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: metadata('unclassed'),
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'nowhere',
          resources: { requests: { storage: '1Gi' } },
        },
      },
    },
    {
      groupResource: 'configmaps',
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('one-more') },
    },
  ];
}
