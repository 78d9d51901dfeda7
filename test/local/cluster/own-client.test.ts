import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../local/cluster/server';
import type { ApiResource } from '../../../shared/platform/kubernetes/api-resource';
import { connect } from '../../../shared/platform/kubernetes/connection';
import { sanitiseKubeconfig } from '../../../shared/platform/kubernetes/kubeconfig';
import { listPages } from '../../../shared/platform/kubernetes/list';
import type { Cluster } from '../../../shared/platform/kubernetes/port';
import { systemClock, systemRandom } from '../../../shared/platform/system';

describe('our own connection to a sandbox cluster', () => {
  let sandbox: SandboxCluster;
  let cluster: Cluster;
  let configMaps: ApiResource;
  const count = 1_234;

  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    const rules = { allowLoopback: true };
    const deps = { clock: systemClock, random: systemRandom };
    cluster = await connect('sandbox', sanitiseKubeconfig(sandbox.kubeconfig, rules), deps, rules);
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: many}\n';
    const objects = Array.from(
      { length: count },
      (_, index) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c-${index}, namespace: many}\ndata: {k: "${index}"}\n`,
    );
    await sandbox.load([namespace, ...objects].join('---\n'));
    const { resources } = await cluster.discover();
    configMaps = resources.find((each) => each.group === '' && each.resource === 'configmaps')!;
  }, 60_000);
  afterAll(async () => {
    cluster?.close();
    await sandbox?.close();
  });

  it('discovers every kind that can be backed up, in the preferred version', async () => {
    const { resources, serverVersion, stale } = await cluster.discover();
    const names = resources.map((each) => `${each.resource}.${each.version}.${each.group}`);

    expect(serverVersion.gitVersion).toBe('v1.37.2-sandbox');
    expect(stale).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['pods.v1.', 'deployments.v1.apps', 'ingresses.v1.networking.k8s.io']),
    );
    expect(names.filter((name) => name.includes('autoscaling'))).toContain(
      'horizontalpodautoscalers.v2.autoscaling',
    );
  });

  it('lists every object once, page by page, while others come and go', async () => {
    const seen: string[] = [];
    let first = true;
    for await (const page of listPages(cluster, configMaps, { namespace: 'many', limit: 500 })) {
      expect(page.consistent).toBe(true);
      seen.push(...[...page.items].map((item) => JSON.parse(item.json.toString()).metadata.name as string));
      if (first) {
        const path = '/api/v1/namespaces/many/configmaps/c-999';
        expect((await cluster.request({ method: 'DELETE', path })).status).toBe(200);
        first = false;
      }
    }

    expect(seen).toHaveLength(count + 1);
    expect(new Set(seen).size).toBe(count + 1);
    expect(seen).toContain('c-999');
  });

  it('begins anew when the snapshot is gone, as it does with a real server', async () => {
    let pages = 0;
    let restarted = 0;
    const seen = new Set<string>();
    for await (const page of listPages(cluster, configMaps, { namespace: 'many', limit: 100 })) {
      if (page.restarted) {
        restarted += 1;
        seen.clear();
      }
      for (const item of page.items) seen.add(JSON.parse(item.json.toString()).metadata.name);
      pages += 1;
      if (pages === 2) sandbox.faults.compact();
    }

    expect(restarted).toBe(1);
    expect(seen.size).toBe(count);
  });
});
