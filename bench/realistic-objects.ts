/** An object to create: where it goes and its JSON. */
export interface BenchObject {
  /** Path of the collection that it is created in. */
  collection: string;
  body: string;
}

const kinds: { weight: number; make: (namespace: string, index: number) => BenchObject }[] = [
  { weight: 20, make: configMap },
  { weight: 14, make: secret },
  { weight: 8, make: service },
  { weight: 8, make: serviceAccount },
  { weight: 6, make: role },
  { weight: 6, make: roleBinding },
  { weight: 8, make: deployment },
  { weight: 10, make: replicaSet },
  { weight: 8, make: pod },
  { weight: 5, make: networkPolicy },
  { weight: 4, make: ingress },
  { weight: 3, make: cronJob },
];

/** The namespaces of a cluster of `count` objects (a hundred to each, as on a platform of many small teams), then a realistic mix of what lives in them; always the same for a `count`. */
export function realisticObjects(
  count: number,
  prefix: string,
): { namespaces: BenchObject[]; objects: BenchObject[] } {
  const namespaces: BenchObject[] = [];
  const objects: BenchObject[] = [];
  for (let index = 0; objects.length < count; index++) {
    const namespace = `${prefix}-${String(index).padStart(4, '0')}`;
    namespaces.push(
      object('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
    );
    for (const kind of kinds) {
      for (let copy = 0; copy < kind.weight && objects.length < count; copy++)
        objects.push(kind.make(namespace, copy));
    }
  }
  return { namespaces, objects };
}

function object(collection: string, body: unknown): BenchObject {
  return { collection, body: JSON.stringify(body) };
}

function metadata(namespace: string, name: string) {
  return {
    name,
    namespace,
    labels: { app: name, 'app.kubernetes.io/part-of': namespace, 'app.kubernetes.io/managed-by': 'bench' },
    annotations: { 'example.com/owner': `team-${namespace}`, 'example.com/checksum': name.padEnd(40, 'f') },
  };
}

/** Text that compresses about as well as real configuration does. */
function prose(index: number, length: number): string {
  let text = '';
  for (let line = 0; text.length < length; line++)
    text += `setting.${index}.${line} = value-${(index * 31 + line * 17) % 1009}\n`;
  return text.slice(0, length);
}

function configMap(namespace: string, index: number): BenchObject {
  return object(`/api/v1/namespaces/${namespace}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(namespace, `config-${index}`),
    data: { 'app.properties': prose(index, 1200), 'log.level': 'info' },
  });
}

function secret(namespace: string, index: number): BenchObject {
  return object(`/api/v1/namespaces/${namespace}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(namespace, `secret-${index}`),
    type: 'Opaque',
    data: { password: Buffer.from(prose(index, 300)).toString('base64') },
  });
}

/** Without a selector, so that no controller adds endpoints to what is measured. */
function service(namespace: string, index: number): BenchObject {
  return object(`/api/v1/namespaces/${namespace}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(namespace, `service-${index}`),
    spec: {
      clusterIP: 'None',
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    },
  });
}

function serviceAccount(namespace: string, index: number): BenchObject {
  return object(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(namespace, `account-${index}`),
  });
}

function role(namespace: string, index: number): BenchObject {
  return object(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(namespace, `role-${index}`),
    rules: [
      { apiGroups: ['', 'apps'], resources: ['configmaps', 'deployments'], verbs: ['get', 'list', 'watch'] },
    ],
  });
}

function roleBinding(namespace: string, index: number): BenchObject {
  return object(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadata(namespace, `binding-${index}`),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `role-${index}` },
    subjects: [{ kind: 'ServiceAccount', name: `account-${index}`, namespace }],
  });
}

/** Paused, so that no controller adds ReplicaSets and pods of its own to what is measured. */
function deployment(namespace: string, index: number): BenchObject {
  const labels = { app: `app-${index}` };
  return object(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(namespace, `app-${index}`),
    spec: {
      paused: true,
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(index) },
    },
  });
}

/** What a Deployment keeps of its earlier versions: at zero replicas, as they are. */
function replicaSet(namespace: string, index: number): BenchObject {
  const labels = { app: `old-${index}`, 'pod-template-hash': `5d9c7b${index}` };
  return object(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata(namespace, `old-${index}-5d9c7b${index}`),
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(index) },
    },
  });
}

/** Without an owner, so that it is restored; nothing runs it. */
function pod(namespace: string, index: number): BenchObject {
  return object(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(namespace, `pod-${index}`),
    spec: { ...podSpec(index), automountServiceAccountToken: false },
  });
}

function podSpec(index: number) {
  const app = {
    name: 'app',
    image: `registry.example.com/team/app-${index}:1.${index}`,
    env: Array.from({ length: 12 }, (_, n) => ({ name: `SETTING_${n}`, value: `value-${index}-${n}` })),
    ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
  };
  return { containers: [app], volumes: [{ name: 'config', configMap: { name: `config-${index}` } }] };
}

function networkPolicy(namespace: string, index: number): BenchObject {
  return object(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(namespace, `policy-${index}`),
    spec: { podSelector: { matchLabels: { app: `app-${index}` } }, policyTypes: ['Ingress'] },
  });
}

function ingress(namespace: string, index: number): BenchObject {
  const backend = { service: { name: `service-${index}`, port: { name: 'http' } } };
  return object(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(namespace, `ingress-${index}`),
    spec: {
      rules: [
        {
          host: `app-${index}.${namespace}.example.com`,
          http: { paths: [{ path: '/', pathType: 'Prefix', backend }] },
        },
      ],
    },
  });
}

function cronJob(namespace: string, index: number): BenchObject {
  const containers = [{ name: 'job', image: 'registry.example.com/team/job:1' }];
  return object(`/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(namespace, `job-${index}`),
    spec: {
      schedule: '17 3 * * *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
    },
  });
}
