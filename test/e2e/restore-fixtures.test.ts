import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/cluster/port';
import { restore } from '../../shared/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, fixtures, RestoreRig, type TestObject } from '../shared/restore/restore-rig';

const hasty = { refusals: 1_500, termination: 1_500, poll: 100 };

/** What a restore or the new cluster may give another value; everything else must be as it is in the archive. */
const mayDiffer: [kind: string, path: string][] = [
  ['*', 'metadata.uid'],
  ['*', 'metadata.resourceVersion'],
  ['*', 'metadata.creationTimestamp'],
  ['*', 'metadata.generation'],
  ['*', 'metadata.managedFields'],
  ['*', 'metadata.selfLink'],
  ['*', 'metadata.labels["velero.io/backup-name"]'],
  ['*', 'metadata.labels["velero.io/restore-name"]'],
  ['*', 'status'],
  ['PersistentVolumeClaim', 'spec.volumeName'],
  ['PersistentVolumeClaim', 'metadata.annotations'],
  ['Service', 'spec.clusterIP'],
  ['Service', 'spec.clusterIPs'],
  ['Service', 'spec.ports[1].nodePort'],
  ['Secret', 'data.token'],
  ['Secret', 'data["ca.crt"]'],
  ['Secret', 'metadata.annotations["kubernetes.io/service-account.uid"]'],
  // Its automatic token's Secret is made anew, with another name.
  ['ServiceAccount', 'secrets'],
  ['Deployment', 'metadata.annotations["deployment.kubernetes.io/revision"]'],
  // Status that autoscaling/v1 keeps in an annotation.
  ['HorizontalPodAutoscaler', 'metadata.annotations["autoscaling.alpha.kubernetes.io/conditions"]'],
  // v1 admission knows None and NoneOnDryRun only; Velero's own action changes it too.
  ['MutatingWebhookConfiguration', 'webhooks[0].sideEffects'],
];

function differences(kind: string, left: unknown, right: unknown, path = ''): string[] {
  if (mayDiffer.some(([of, at]) => (of === '*' || of === kind) && at === path)) return [];
  if (path === 'metadata.labels' && left === undefined) return differences(kind, {}, right, path);
  if (JSON.stringify(left) === JSON.stringify(right)) return [];
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return [path];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) => {
    const step = Array.isArray(left) ? `[${key}]` : /^\w+$/.test(key) ? `.${key}` : `["${key}"]`;
    const inner = (path + step).replace(/^\./, '');
    return differences(kind, (left as TestObject)[key], (right as TestObject)[key], inner);
  });
}

/** The objects of an archive by `resource/namespace/name`, unpacked by tar. */
function archived(generation: string, backup: string): Map<string, TestObject> {
  const folder = mkdtempSync(join(tmpdir(), 'restore-fixture-'));
  const archive = join(fixtures, generation, 'vault/backups', backup, `${backup}.tar.gz`);
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  const objects = new Map<string, TestObject>();
  const walk = (path: string) => {
    for (const entry of readdirSync(path)) {
      const below = join(path, entry);
      if (statSync(below).isDirectory()) {
        if (!entry.endsWith('-preferredversion')) walk(below);
        continue;
      }
      if (!entry.endsWith('.json')) continue;
      const object = JSON.parse(readFileSync(below, 'utf8')) as TestObject;
      const resource = below.slice(folder.length).split('/')[2];
      objects.set(`${resource}/${object.metadata.namespace ?? ''}/${object.metadata.name}`, object);
    }
  };
  walk(join(folder, 'resources'));
  rmSync(folder, { recursive: true });
  return objects;
}

/** A resource in the version of the archive, for kubectl, whose own choice may be another. */
function inVersion(groupResource: string, apiVersion: string): string {
  const [resource, ...group] = groupResource.split('.');
  const version = apiVersion.split('/').at(-1);
  return group.length > 0 ? `${resource}.${version}.${group.join('.')}` : groupResource;
}

const suite = (
  name: string,
  choice: 'current' | 'old',
  body: Parameters<typeof describeWithRealCluster>[1],
) => describeWithRealCluster(name, body, { choice });

for (const { choice, generation, backup, expected } of [
  {
    choice: 'current' as const,
    generation: 'v1.18.3-kubernetes-v1.37.2',
    backup: 'shop-fs',
    // The claim's data is in kopia.
    expected: { phase: 'PartiallyFailed', errors: 1, warnings: 0 },
  },
  {
    choice: 'current' as const,
    generation: 'v1.18.3-kubernetes-v1.37.2',
    backup: 'everything',
    expected: { phase: 'PartiallyFailed', errors: 1, warnings: 0 },
  },
  {
    choice: 'old' as const,
    generation: 'v1.14.0-kubernetes-v1.20.2',
    backup: 'legacy-all',
    expected: { phase: 'Completed', errors: 0, warnings: 0 },
  },
]) {
  suite(`restore of Velero's backup ${backup} (${generation})`, choice, (cluster) => {
    const rig = new RestoreRig();
    let target: Cluster;
    beforeAll(async () => {
      await rig.addFixture(generation);
      target = await connectTo(cluster().kubeconfig);
    });
    afterAll(() => target?.close());

    it('gives back every object as it was, but for the fields that must change', async () => {
      const result = await restore(rig.job(target, `${backup}-1`, { backupName: backup }), hasty);
      expect(result).toMatchObject(expected);
      const objects = archived(generation, backup);
      const outcomes = await rig.outcomes(`${backup}-1`);
      const made = outcomes.filter(({ outcome }) => outcome === 'created');
      expect(made.length).toBeGreaterThan(10);
      const wrong: Record<string, string[]> = {};
      const live = new Map<string, TestObject>();
      for (const { groupResource, apiVersion } of made) {
        const named = inVersion(groupResource, apiVersion);
        if (live.has(named)) continue;
        live.set(named, {} as TestObject);
        for (const one of JSON.parse(await cluster().kubectl('get', '-A', named, '-o', 'json')).items) {
          live.set(`${named}/${one.metadata.namespace ?? ''}/${one.metadata.name}`, one);
        }
      }
      for (const { groupResource, apiVersion, namespace = '', name, kind } of made) {
        const key = `${groupResource}/${namespace}/${name}`;
        const found = differences(
          kind,
          objects.get(key),
          live.get(`${inVersion(groupResource, apiVersion)}/${namespace}/${name}`),
        );
        if (found.length > 0) wrong[key] = found;
      }
      expect(wrong).toEqual({});
    }, 120_000);

    it('names every object of the archive once, with a reason where it was left out', async () => {
      const outcomes = await rig.outcomes(`${backup}-1`);
      const named = outcomes.map(
        ({ groupResource, namespace = '', name }) => `${groupResource}/${namespace}/${name}`,
      );
      expect(new Set(named).size).toBe(named.length);
      const system = /^[^/]*\/(kube-system|kube-public|kube-node-lease)\/|^namespaces\/\/kube-/;
      const asked = [...archived(generation, backup).keys()].filter((key) => !system.test(key));
      expect(named.filter((key) => !system.test(key)).sort()).toEqual(asked.sort());
      expect(outcomes.filter(({ outcome, reason }) => outcome === 'skipped' && !reason)).toEqual([]);
    });

    it('finds everything the same the second time, and changes nothing', async () => {
      const again = await restore(rig.job(target, `${backup}-2`, { backupName: backup }), hasty);
      expect(again.counts).not.toHaveProperty('created');
      expect(again.counts).not.toHaveProperty('failed');
      expect(
        await rig
          .outcomes(`${backup}-2`)
          .then((list) => list.filter(({ outcome }) => outcome === 'different')),
      ).toEqual([]);
    }, 60_000);
  });
}
