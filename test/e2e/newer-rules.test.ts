import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestObject } from '../shared/operations/restore/restore-rig';

const namespace = 'rules';
const labels = { app: 'a' };
const annotations = { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' };
const containers = [{ name: 'a', image: 'a:1' }];
const template = { metadata: { labels, annotations }, spec: { containers } };
const jobTemplate = { template: { ...template, spec: { containers, restartPolicy: 'Never' } } };

const objects: Record<string, TestObject> = {
  'statefulsets.apps': object('apps/v1', 'StatefulSet', {
    serviceName: 'a',
    selector: { matchLabels: labels },
    template,
  }),
  'jobs.batch': object('batch/v1', 'Job', { suspend: true, ...jobTemplate }),
  'cronjobs.batch': object('batch/v1', 'CronJob', {
    schedule: 'CRON_TZ=Europe/Berlin 0 3 * * *',
    jobTemplate: { spec: jobTemplate },
  }),
  'networkpolicies.networking.k8s.io': object('networking.k8s.io/v1', 'NetworkPolicy', {
    podSelector: {},
    ingress: [{ from: [{ ipBlock: { cidr: '010.0.0.5/8', except: ['10.1.0.5/16'] } }] }],
  }),
  services: object('v1', 'Service', {
    type: 'LoadBalancer',
    ports: [{ port: 80 }],
    externalIPs: ['192.000.2.7'],
    loadBalancerSourceRanges: ['192.0.2.9/24'],
  }),
};

function object(apiVersion: string, kind: string, spec: object): TestObject {
  return { apiVersion, kind, metadata: { name: 'ruled', namespace }, spec };
}

describeWithRealClusters('objects of v1.24.17 on v1.37.2', ['bridge', 'current'], (clusters) => {
  const rig = new RestoreRig();
  let target: Cluster;
  const outcomes: ObjectOutcome[][] = [];
  beforeAll(async () => {
    const [source, current] = clusters() as [ReturnType<typeof clusters>[0], ReturnType<typeof clusters>[0]];
    await source.create(
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
    );
    const items = [];
    for (const [groupResource, one] of Object.entries(objects)) {
      await source.create(JSON.stringify(one));
      const text = await source.kubectl('get', groupResource, 'ruled', '-n', namespace, '-o', 'json');
      items.push({ groupResource, object: JSON.parse(text) });
    }
    await rig.addBackup('old', items);
    target = await connectTo(current.kubeconfig);
    for (const name of ['first', 'again']) {
      await restore(rig.job(target, name, { backupName: 'old' }, { conflicts: { policy: 'update' } }));
      outcomes.push((await rig.outcomes(name)).filter((one) => one.name === 'ruled'));
    }
  }, 300_000);
  afterAll(() => target?.close());

  const live = async (resource: string): Promise<TestObject> =>
    JSON.parse(await clusters()[1]!.kubectl('get', resource, 'ruled', '-n', namespace, '-o', 'json'));

  it('are all created, and the same at a further restore', () => {
    const words = outcomes.map((each) =>
      each.map(({ kind, outcome, reason }) =>
        outcome === 'created' || outcome === 'same' ? `${kind} ${outcome}` : `${kind} ${outcome}: ${reason}`,
      ),
    );
    const kinds = Object.values(objects).map(({ kind }) => kind);
    expect(words[0]!.sort()).toEqual(kinds.map((kind) => `${kind} created`).sort());
    expect(words[1]!.sort()).toEqual(kinds.map((kind) => `${kind} same`).sort());
  });

  it('have the time zone, profile and addresses that were meant', async () => {
    const profile = { seccompProfile: { type: 'RuntimeDefault' } };
    const cronJob = await live('cronjobs');
    expect(cronJob.spec).toMatchObject({ schedule: '0 3 * * *', timeZone: 'Europe/Berlin' });
    expect(cronJob.spec.jobTemplate.spec.template.spec.securityContext).toEqual(profile);
    expect((await live('statefulsets')).spec.template.spec.securityContext).toEqual(profile);
    expect((await live('networkpolicies')).spec.ingress[0].from[0].ipBlock).toEqual({
      cidr: '10.0.0.0/8',
      except: ['10.1.0.0/16'],
    });
    expect((await live('services')).spec).toMatchObject({
      externalIPs: ['192.0.2.7'],
      loadBalancerSourceRanges: ['192.0.2.0/24'],
    });
  });
});
