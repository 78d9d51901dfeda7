import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { finishedKinds } from '../../../../../shared/formats/manifests/finished-kinds';
import { managedByCluster } from '../../../../../shared/operations/restore/decide/managed-by-cluster';
import type { TestObject } from '../restore-rig';

const nothingAround = { selectingServices: new Set<string>(), finished: finishedKinds() };
const reasonOf = (groupResource: string, object: Partial<TestObject>, services: string[] = []) =>
  managedByCluster(
    { groupResource, namespace: object.metadata?.namespace, name: object.metadata?.name ?? 'a' },
    { metadata: { name: 'a' }, ...object },
    { ...nothingAround, selectingServices: new Set(services) },
  );

describe('managedByCluster', () => {
  it.each([
    ['events', {}],
    ['events.events.k8s.io', {}],
    ['nodes', {}],
    ['csinodes.storage.k8s.io', {}],
    ['componentstatuses', {}],
    ['leases.coordination.k8s.io', {}],
    ['volumeattachments.storage.k8s.io', {}],
    ['certificatesigningrequests.certificates.k8s.io', {}],
    ['ipaddresses.networking.k8s.io', {}],
    ['resourceslices.resource.k8s.io', {}],
    ['csistoragecapacities.storage.k8s.io', {}],
    ['podcertificaterequests.certificates.k8s.io', {}],
    ['storageversions.internal.apiserver.k8s.io', {}],
    ['storageversionmigrations.storagemigration.k8s.io', {}],
    ['leasecandidates.coordination.k8s.io', {}],
    ['evictionrequests.lifecycle.k8s.io', {}],
    ['pods.metrics.k8s.io', {}],
    ['nodes.custom.metrics.k8s.io', {}],
    ['restores.velero.io', {}],
    ['servicecidrs.networking.k8s.io', { metadata: { name: 'kubernetes' } }],
    [
      'clustertrustbundles.certificates.k8s.io',
      { spec: { signerName: 'kubernetes.io/kube-apiserver-serving' } },
    ],
    [
      'flowschemas.flowcontrol.apiserver.k8s.io',
      { metadata: { name: 'a', annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } } },
    ],
    ['flowschemas.flowcontrol.apiserver.k8s.io', { metadata: { name: 'workload-leader-election' } }],
    ['prioritylevelconfigurations.flowcontrol.apiserver.k8s.io', { metadata: { name: 'workload-low' } }],
    [
      'apiservices.apiregistration.k8s.io',
      { metadata: { name: 'v1.', labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } } },
    ],
    [
      'clusterroles.rbac.authorization.k8s.io',
      { metadata: { name: 'admin', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } } },
    ],
    ['configmaps', { metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }],
    ['services', { metadata: { name: 'kubernetes', namespace: 'default' } }],
    ['endpoints', { metadata: { name: 'kubernetes', namespace: 'default' } }],
    [
      'endpointslices.discovery.k8s.io',
      {
        metadata: {
          name: 'web-x',
          namespace: 'shop',
          labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
        },
      },
    ],
    [
      'secrets',
      {
        type: 'kubernetes.io/service-account-token',
        metadata: {
          name: 'app-token-2r24t',
          namespace: 'shop',
          annotations: { 'kubernetes.io/service-account.name': 'app' },
        },
      },
    ],
    ['pods', { metadata: { name: 'etcd', annotations: { 'kubernetes.io/config.mirror': 'x' } } }],
    ['pods', { status: { phase: 'Succeeded' } }],
    ['pods', { status: { phase: 'Failed' } }],
    ['jobs.batch', { status: { completionTime: '2026-11-22T00:00:00Z' } }],
    ['jobs.batch', { status: { conditions: [{ type: 'Failed', status: 'True' }] } }],
    ['configmaps', { metadata: { name: 'a', deletionTimestamp: '2026-11-22T00:00:00Z' } }],
  ])('leaves out %s %j', (groupResource, object) => {
    expect(reasonOf(groupResource, object)).toEqual(expect.any(String));
  });

  it.each([
    ['services', { metadata: { name: 'kubernetes', namespace: 'shop' } }],
    ['servicecidrs.networking.k8s.io', { metadata: { name: 'more' } }],
    ['flowschemas.flowcontrol.apiserver.k8s.io', { metadata: { name: 'shop' } }],
    [
      'flowschemas.flowcontrol.apiserver.k8s.io',
      { metadata: { name: 'probes', annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } } },
    ],
    ['clustertrustbundles.certificates.k8s.io', { spec: { trustBundle: 'x' } }],
    ['secrets', { type: 'Opaque', metadata: { name: 'app-token-2r24t', namespace: 'shop' } }],
    [
      'secrets',
      {
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 'web-token', annotations: { 'kubernetes.io/service-account.name': 'web' } },
      },
    ],
    [
      'endpointslices.discovery.k8s.io',
      { metadata: { name: 'outside-1', labels: { 'endpointslice.kubernetes.io/managed-by': 'shop' } } },
    ],
    ['jobs.batch', { status: { active: 1, conditions: [{ type: 'Complete', status: 'False' }] } }],
    ['pods', { status: { phase: 'Running' } }],
    ['metrics.example.com', {}],
  ])('restores %s %j', (groupResource, object) => {
    expect(reasonOf(groupResource, object)).toBeUndefined();
  });

  it('leaves endpoints to the controller only where their Service has a selector', () => {
    const endpoints = { metadata: { name: 'web', namespace: 'shop' } };
    expect(reasonOf('endpoints', endpoints, ['shop/web'])).toMatch(/selector/);
    expect(reasonOf('endpoints', endpoints, ['other/web'])).toBeUndefined();
  });

  // The cluster's own objects are no part of a vault, and are looked for beside the checkout.
  const beside = '../../../../../../shared/fixtures/velero/v1.18.3-kubernetes-v1.37.2/objects';
  const objects = [join(__dirname, beside)].find(existsSync);
  const title = "tells a real cluster's own objects from those of its users";
  const absent = ' [skipped: ../shared/fixtures is not beside the checkout]';
  (objects ? it : it.skip)(objects ? title : title + absent, () => {
    const list = (file: string): TestObject[] => JSON.parse(readFileSync(join(objects!, file), 'utf8')).items;
    const kept = (file: string, groupResource: string) =>
      list(file)
        .filter(({ metadata }) => {
          const item = { groupResource, namespace: metadata.namespace, name: metadata.name };
          return (
            managedByCluster(
              item,
              list(file).find((one) => one.metadata.uid === metadata.uid)! as never,
              nothingAround,
            ) === undefined
          );
        })
        .map(({ metadata }) => metadata.name)
        .sort();
    expect(readdirSync(objects!)).toContain('clusterroles.rbac.authorization.k8s.io.v1.json');
    // What source/shop.yaml, the CSI driver and Velero's own installation made; the rest came with the control plane.
    expect(
      kept('clusterroles.rbac.authorization.k8s.io.v1.json', 'clusterroles.rbac.authorization.k8s.io'),
    ).toEqual(expect.arrayContaining(['shop-all', 'shop-reader']));
    expect(kept('apiservices.apiregistration.k8s.io.v1.json', 'apiservices.apiregistration.k8s.io')).toEqual(
      [],
    );
    expect(
      kept('flowschemas.flowcontrol.apiserver.k8s.io.v1.json', 'flowschemas.flowcontrol.apiserver.k8s.io'),
    ).toEqual([]);
    expect(kept('endpointslices.discovery.k8s.io.v1.json', 'endpointslices.discovery.k8s.io')).toEqual(
      expect.arrayContaining(['outside-1']),
    );
    expect(kept('jobs.batch.v1.json', 'jobs.batch')).toEqual([]);
  });
});
