import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { defaultPatience } from '../../../../../shared/operations/restore/apply/pace/patience';
import { ResourceWait } from '../../../../../shared/operations/restore/apply/pace/resource-wait';
import { waitForDefinitions } from '../../../../../shared/operations/restore/apply/wait-for-definitions';
import { quickClock } from '../../../../harness/quick-clock';
import { heldLease } from '../restore-rig';

const crds = 'customresourcedefinitions.apiextensions.k8s.io';
const named = (count: number) => Array.from({ length: count }, (_, at) => `k${at}s.example.com`);

/** A cluster in which resources come into discovery by and by, and whose CRDs are read. */
function aCluster(given: {
  served?: string[];
  rounds?: string[][];
  definition?: () => KubeObject | undefined;
}) {
  const served = new Set([crds, ...(given.served ?? [])]);
  const rounds = [...(given.rounds ?? [])];
  const reads: string[] = [];
  const warnings: string[] = [];
  const messages: string[] = [];
  return {
    reads,
    warnings,
    messages,
    work: (definitions: Set<string>) => {
      const clock = quickClock(100);
      return {
        clock,
        lease: heldLease(),
        patience: defaultPatience,
        resourceWait: new ResourceWait(clock, 10_000),
        definitions,
        calls: {
          read: async (path: string) => {
            reads.push(path.slice(path.lastIndexOf('/') + 1));
            const object = given.definition?.();
            return object ? { object } : {};
          },
        },
        target: {
          versions: (name: string) =>
            name === crds
              ? [
                  {
                    group: 'apiextensions.k8s.io',
                    version: 'v1',
                    resource: 'customresourcedefinitions',
                  } as never,
                ]
              : [],
          serves: (name: string) => served.has(name),
          refresh: async () => {
            for (const name of rounds.shift() ?? []) served.add(name);
          },
        },
        report: {
          warn: (message: string) => void warnings.push(message),
          waiting: (message: string) => void messages.push(message),
        },
      };
    },
  };
}

const conditions = [
  { type: 'Established', status: 'True' },
  { type: 'NamesAccepted', status: 'True' },
];
const definition = (served: boolean, established = true): KubeObject => ({
  metadata: { name: 'a' },
  spec: { versions: [{ name: 'v1', served }] },
  status: { conditions: established ? conditions : [] },
});

describe('waiting for the CRDs of a restore', () => {
  it('reads none whose resource comes up in discovery, of hundreds', async () => {
    const all = named(500);
    const cluster = aCluster({ rounds: [all.slice(0, 200), all.slice(200, 450), all.slice(450)] });
    await waitForDefinitions(cluster.work(new Set(all)));
    expect(cluster.reads).toEqual([]);
    expect(cluster.warnings).toEqual([]);
  });

  it('reads those whose resource was served before, until they are established', async () => {
    let looks = 0;
    const cluster = aCluster({
      served: ['k0s.example.com'],
      definition: () => definition(true, ++looks > 2),
    });
    await waitForDefinitions(cluster.work(new Set(named(1))));
    expect(cluster.reads).toEqual(['k0s.example.com', 'k0s.example.com', 'k0s.example.com']);
  });

  it('waits no more for those with no served version', async () => {
    const definitions = new Set(named(2));
    const cluster = aCluster({ rounds: [['k0s.example.com']], definition: () => definition(false) });
    await waitForDefinitions(cluster.work(definitions));
    expect([...definitions]).toEqual(['k0s.example.com']);
    expect(cluster.warnings).toEqual([]);
  });

  it('ends with a warning that names some of those that never come', async () => {
    const cluster = aCluster({ definition: () => undefined });
    await waitForDefinitions(cluster.work(new Set(named(500))));
    expect(cluster.warnings).toEqual([
      `these custom resources are not served yet: ${named(10).join(', ')} and 490 more`,
    ]);
    expect(cluster.messages[0]).toContain('and 490 more');
  });
});
