import { describe, expect, it } from '@jest/globals';
import { type ResetContext, resetKind } from '../../../../../shared/operations/restore/transform/kind-resets';

const context: ResetContext = {
  preserveNodePorts: false,
  mapped: (namespace) => (namespace === 'shop' ? 'shop-2' : namespace),
  keepVolumeName: false,
};
// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
const reset = (groupResource: string, object: any, more: Partial<ResetContext> = {}) => {
  const changed = structuredClone({ metadata: { name: 'a' }, ...object });
  resetKind(groupResource, changed, { ...context, ...more });
  return changed;
};

describe('resetKind', () => {
  it('of a HorizontalPodAutoscaler drops the zero that an older version left beside an average', () => {
    const metric = (target: object) => ({ type: 'Object', object: { metric: { name: 'm' }, target } });
    const average = { type: 'AverageValue', averageValue: '5' };
    const value = { type: 'Value', value: '2k' };
    const spec = { metrics: [metric({ ...average, value: '0' }), metric(value)] };
    const changed = reset('horizontalpodautoscalers.autoscaling', { apiVersion: 'autoscaling/v2', spec });
    expect(changed.spec.metrics).toEqual([metric(average), metric(value)]);
  });

  it('of an EndpointSlice names the node that only the topology named, and leaves v1beta1 alone', () => {
    const deprecatedTopology = { 'kubernetes.io/hostname': 'node-2', rack: 'r1' };
    const endpoints = [{ deprecatedTopology }, { nodeName: 'node-1', deprecatedTopology }, {}];
    const name = 'endpointslices.discovery.k8s.io';
    expect(reset(name, { apiVersion: 'discovery.k8s.io/v1', endpoints }).endpoints).toEqual([
      { nodeName: 'node-2' },
      { nodeName: 'node-1' },
      {},
    ]);
    const beta = { apiVersion: 'discovery.k8s.io/v1beta1', endpoints: [{ topology: deprecatedTopology }] };
    expect(reset(name, beta).endpoints).toEqual(beta.endpoints);
  });

  describe('of a Service', () => {
    const spec = {
      type: 'NodePort',
      clusterIP: '10.96.1.1',
      clusterIPs: ['10.96.1.1'],
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', nodePort: 30080 },
        { name: 'metrics', port: 9090, protocol: 'TCP', nodePort: 31546 },
      ],
    };
    const ports = (service: { spec: { ports: { nodePort?: number }[] } }) =>
      service.spec.ports.map((port) => port.nodePort);
    const managed = [
      {
        fieldsV1: {
          'f:spec': {
            'f:ports': {
              'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:nodePort': {} },
              'k:{"port":9090,"protocol":"TCP"}': { '.': {} },
            },
          },
        },
      },
    ];

    it('clears addresses and the ports that the cluster chose', () => {
      const service = reset('services', { spec });
      expect(service.spec).not.toHaveProperty('clusterIP');
      expect(service.spec).not.toHaveProperty('clusterIPs');
      expect(ports(service)).toEqual([undefined, undefined]);
    });

    it('keeps a port that somebody chose: by managed fields, or by the last-applied annotation', () => {
      expect(ports(reset('services', { metadata: { name: 'a', managedFields: managed }, spec }))).toEqual([
        30080,
        undefined,
      ]);
      const applied = JSON.stringify({ spec: { ports: [{ port: 9090, nodePort: 31546 }] } });
      const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
      expect(ports(reset('services', { metadata: { name: 'a', annotations }, spec }))).toEqual([
        undefined,
        31546,
      ]);
    });

    it('keeps all ports when asked to, and a headless Service headless', () => {
      expect(ports(reset('services', { spec }, { preserveNodePorts: true }))).toEqual([30080, 31546]);
      expect(reset('services', { spec: { clusterIP: 'None', clusterIPs: ['None'] } }).spec).toEqual({
        clusterIP: 'None',
        clusterIPs: ['None'],
      });
    });

    it('gives a headless Service that someone wrote the addresses that a cluster gives it', () => {
      const annotations = {
        'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"clusterIP":"None"}}',
      };
      const headless = { metadata: { annotations }, spec: { clusterIP: 'None', clusterIPs: ['None'] } };
      expect(reset('services', headless, { keepAddress: true }).spec).toEqual(headless.spec);
    });

    it('clears a health check port unless somebody chose it', () => {
      const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 };
      expect(reset('services', { spec: local }).spec).not.toHaveProperty('healthCheckNodePort');
      const chosen = [{ fieldsV1: { 'f:spec': { 'f:healthCheckNodePort': {} } } }];
      expect(
        reset('services', { metadata: { name: 'a', managedFields: chosen }, spec: local }).spec
          .healthCheckNodePort,
      ).toBe(31000);
      expect(reset('services', { spec: local }, { preserveNodePorts: true }).spec.healthCheckNodePort).toBe(
        31000,
      );
    });

    it('does not trip over annotations and fields that are not JSON', () => {
      const metadata = {
        name: 'a',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' },
        managedFields: [null, { fieldsV1: { 'f:spec': { 'f:ports': { 'k:{': { 'f:nodePort': {} } } } } }],
      };
      expect(ports(reset('services', { metadata, spec }))).toEqual([undefined, undefined]);
    });
  });

  it('of a Pod clears what scheduler and admission gave, and automatic tokens only', () => {
    const mounts = [{ name: 'app-token-x2k4f' }, { name: 'data' }];
    const pod = reset('pods', {
      spec: {
        serviceAccountName: 'app',
        nodeName: 'node-1',
        priority: 1000,
        priorityClassName: 'high',
        ephemeralContainers: [{ name: 'debug' }],
        volumes: [{ name: 'app-token-x2k4f' }, { name: 'data' }, { name: 'kube-api-access-1' }],
        containers: [{ name: 'a', volumeMounts: mounts }],
        initContainers: [{ name: 'b', volumeMounts: mounts }, { name: 'c' }],
      },
    });
    expect(pod.spec).toEqual({
      serviceAccountName: 'app',
      priorityClassName: 'high',
      volumes: [{ name: 'data' }, { name: 'kube-api-access-1' }],
      containers: [{ name: 'a', volumeMounts: [{ name: 'data' }] }],
      initContainers: [{ name: 'b', volumeMounts: [{ name: 'data' }] }, { name: 'c' }],
    });
  });

  it('of a Job takes away the ties to the old uid', () => {
    const labels = { 'controller-uid': 'x', 'batch.kubernetes.io/controller-uid': 'x', 'job-name': 'a' };
    const job = reset('jobs.batch', {
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
    });
    expect(job.spec.selector.matchLabels).toEqual({ 'job-name': 'a' });
    expect(job.spec.template.metadata.labels).toEqual({ 'job-name': 'a' });
  });

  it('of a Job keeps the selector and the labels that a person chose, whatever they are called', () => {
    const labels = { 'batch.kubernetes.io/controller-uid': 'chosen' };
    const job = {
      metadata: { name: 'a', labels },
      spec: {
        manualSelector: true,
        selector: { matchLabels: labels },
        template: { metadata: { labels } },
      },
    };
    expect(reset('jobs.batch', job)).toEqual(job);
  });

  it('of a Job sends no selector that would select every pod, and keeps one with a condition', () => {
    const generated = { 'controller-uid': 'u', 'batch.kubernetes.io/controller-uid': 'u' };
    const withSelector = (selector: object) => reset('jobs.batch', { spec: { selector } }).spec;
    expect(withSelector({ matchLabels: generated })).toEqual({});
    const matchExpressions = [{ key: 'app', operator: 'Exists' }];
    expect(withSelector({ matchLabels: generated, matchExpressions })).toEqual({
      selector: { matchLabels: {}, matchExpressions },
    });
  });

  it('of a ServiceAccount drops its automatic token and keeps other secrets', () => {
    const account = reset('serviceaccounts', {
      metadata: { name: 'app' },
      secrets: [
        { name: 'app-token-2r24t' },
        { name: 'app-token-made-by-hand' },
        { name: 'other-token-2r24t' },
      ],
    });
    expect(account.secrets).toEqual([{ name: 'app-token-made-by-hand' }, { name: 'other-token-2r24t' }]);
  });

  it('of a token Secret made by hand drops what the controller fills in', () => {
    const secret = reset('secrets', {
      type: 'kubernetes.io/service-account-token',
      metadata: {
        name: 'a',
        namespace: 'shop',
        annotations: {
          'kubernetes.io/service-account.uid': 'x',
          'kubernetes.io/service-account.name': 'web',
        },
      },
      data: { token: 'x', 'ca.crt': 'x', namespace: 'c2hvcA==', extra: 'x' },
    });
    expect(secret.metadata.annotations).toEqual({ 'kubernetes.io/service-account.name': 'web' });
    expect(secret.data).toEqual({ extra: 'x' });
    expect(reset('secrets', { type: 'Opaque', data: { token: 'x' } }).data).toEqual({ token: 'x' });
  });

  it('of a PersistentVolume frees its claim and maps its namespace', () => {
    const volume = reset('persistentvolumes', {
      metadata: {
        name: 'a',
        annotations: {
          'pv.kubernetes.io/bound-by-controller': 'yes',
          'pv.kubernetes.io/provisioned-by': 'd',
        },
      },
      spec: {
        claimRef: { namespace: 'shop', name: 'data', uid: 'x', resourceVersion: '1' },
        csi: { volumeHandle: 'v' },
      },
    });
    expect(volume.spec).toEqual({
      claimRef: { namespace: 'shop-2', name: 'data' },
      csi: { volumeHandle: 'v' },
    });
    expect(volume.metadata.annotations).toEqual({ 'pv.kubernetes.io/provisioned-by': 'd' });
  });

  it('of a claim keeps the name of its volume only where that waits for it', () => {
    const claim = {
      metadata: {
        name: 'a',
        annotations: {
          'pv.kubernetes.io/bind-completed': 'yes',
          'volume.kubernetes.io/selected-node': 'n',
          own: '1',
        },
      },
      spec: { volumeName: 'pv' },
    };
    expect(reset('persistentvolumeclaims', claim).spec).toEqual({});
    expect(reset('persistentvolumeclaims', claim, { keepVolumeName: true }).spec).toEqual({
      volumeName: 'pv',
    });
    expect(reset('persistentvolumeclaims', claim).metadata.annotations).toEqual({ own: '1' });
  });

  it('of a claim takes the finalizer of a snapshot that was under way, and no other', () => {
    const source = 'snapshot.storage.kubernetes.io/pvc-as-source-protection';
    const finalizers = ['kubernetes.io/pvc-protection', source, 'example.com/hold'];
    const claim = { metadata: { name: 'a', finalizers }, spec: {} };
    expect(reset('persistentvolumeclaims', claim).metadata.finalizers).toEqual([
      'kubernetes.io/pvc-protection',
      'example.com/hold',
    ]);
  });

  it('of a v1 CRD turns preserveUnknownFields into its schema form, and leaves v1beta1 alone', () => {
    const spec = {
      preserveUnknownFields: true,
      versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object' } } }, { name: 'v2' }],
    };
    const name = 'customresourcedefinitions.apiextensions.k8s.io';
    const v1 = reset(name, { apiVersion: 'apiextensions.k8s.io/v1', spec });
    expect(v1.spec).not.toHaveProperty('preserveUnknownFields');
    const open = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    expect(v1.spec.versions).toEqual([
      { name: 'v1', schema: open },
      { name: 'v2', schema: open },
    ]);
    expect(reset(name, { apiVersion: 'apiextensions.k8s.io/v1beta1', spec }).spec).toEqual(spec);
  });

  it('of webhooks of v1 replaces side effects that v1 does not know', () => {
    const webhooks = [{ sideEffects: 'Unknown' }, { sideEffects: 'NoneOnDryRun' }, { sideEffects: 'Some' }];
    const name = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
    const changed = reset(name, { apiVersion: 'admissionregistration.k8s.io/v1', webhooks });
    expect(changed.webhooks).toEqual([
      { sideEffects: 'None' },
      { sideEffects: 'NoneOnDryRun' },
      { sideEffects: 'None' },
    ]);
    expect(reset(name, { apiVersion: 'admissionregistration.k8s.io/v1beta1', webhooks }).webhooks).toEqual(
      webhooks,
    );
  });

  it('leaves other kinds alone, one called like a method of every object too', () => {
    expect(reset('constructor', { spec: { a: 1 } }).spec).toEqual({ a: 1 });
  });
});
