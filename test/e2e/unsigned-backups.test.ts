import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RealCluster } from '../../local/control-plane/real-cluster';
import { ownNamespace } from '../../shared/platform/kubernetes/own-account';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { Replica } from '../../shared/operations/restore/replica/replica';
import { restore } from '../../shared/operations/restore/restore';
import { createServiceAccount, waitForRights } from '../../shared/operations/rights/create-service-account';
import { systemClock } from '../../shared/platform/system';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestItem } from '../shared/operations/restore/restore-rig';

const hasty = { resources: 0, deletion: 0, termination: 0, poll: 100, controllers: 0 };
const rescue = { scope: 'restore', rbac: true, account: 'rescuer', home: 'rescue' } as const;
const replica: Replica = {
  label: 'rule',
  targetUid: 'uid-target',
  unsignedResources: [],
  homeNamespaces: ['mine'],
};

const item = (
  groupResource: string,
  apiVersion: string,
  kind: string,
  name: string,
  fields: object,
): TestItem => ({
  groupResource,
  object: { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...fields },
});
const account = (name: string, fields: object = {}) =>
  item('serviceaccounts', 'v1', 'ServiceAccount', name, fields);
const podSpec = (serviceAccountName?: string) => ({
  ...(serviceAccountName !== undefined && { serviceAccountName }),
  containers: [{ name: 'c', image: 'example.com/c:1' }],
});
const pod = (name: string, serviceAccountName?: string) =>
  item('pods', 'v1', 'Pod', name, { spec: podSpec(serviceAccountName) });
const deployment = (name: string, serviceAccountName?: string) =>
  item('deployments.apps', 'apps/v1', 'Deployment', name, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: podSpec(serviceAccountName) },
    },
  });

describeWithRealClusters('a backup that nobody signed, in real clusters', ['current', 'old'], (clusters) => {
  const opened: Cluster[] = [];
  afterAll(() => {
    for (const cluster of opened) cluster.close();
  });

  async function asAccount({ kubeconfig }: RealCluster): Promise<Cluster> {
    const admin = await connectTo(kubeconfig);
    opened.push(admin);
    const { token } = await createServiceAccount(admin, rescue, { id: 'i1', clock: systemClock });
    const theirs = await connectTo(kubeconfig.replace(/^(\s*token: ).*$/m, `$1${token}`));
    opened.push(theirs);
    await waitForRights(theirs, rescue, systemClock);
    return theirs;
  }

  it.each([
    ['by its own word, v1.37', 0, true],
    ['by the claims of the token, v1.20', 1, false],
  ])('finds the namespace of the account that it is restored with: %s', async (_, index, isAsked) => {
    const cluster = await asAccount(clusters()[index]!);
    expect(await ownNamespace(cluster)).toBe('rescue');
    const tokenless = { ...cluster, name: cluster.name, server: cluster.server, tokenNamespace: undefined };
    tokenless.request = (request) => cluster.request(request);
    expect(await ownNamespace(tokenless)).toBe(isAsked ? 'rescue' : undefined);
  });

  it('has no account of its own where another user restores', async () => {
    const certificate = await connectTo(clusters()[0]!.kubeconfig);
    opened.push(certificate);
    expect(await ownNamespace(certificate)).toBeUndefined();
  });

  describeAccounts(clusters, opened);
});

function describeAccounts(clusters: () => RealCluster[], opened: Cluster[]): void {
  const rig = new RestoreRig();
  let target: Cluster;
  let count = 0;
  beforeAll(async () => {
    const [cluster] = clusters();
    target = await connectTo(cluster!.kubeconfig);
    opened.push(target);
    await cluster!.create(`
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: deployer, namespace: shop, annotations: {role: theirs}}
`);
    await cluster!.kubectl('-n', 'shop', 'wait', '--for=create', 'serviceaccount/default', '--timeout=30s');
  });

  async function restored(items: TestItem[], by: Replica | undefined = replica) {
    const name = `r${++count}`;
    await rig.addBackup(name, items);
    const job = rig.job(target, name, { backupName: name });
    const result = await restore({ ...job, ...(by && { replica: by }) }, hasty);
    const outcomes = Object.fromEntries(
      (await rig.outcomes(name)).map(({ groupResource, name: of, outcome, reason }) => [
        `${groupResource} ${of}`,
        { outcome, reason },
      ]),
    );
    return { result, outcomes, results: await rig.results(name) };
  }
  const kubectl = (...parameters: string[]) => clusters()[0]!.kubectl(...parameters);

  it('uses no account that others made, and neither changes one', async () => {
    const hostile = [
      account('deployer', {
        metadata: { name: 'deployer', namespace: 'shop', annotations: { more: 'rights' } },
      }),
      account('default', { imagePullSecrets: [{ name: 'theirs' }] }),
      pod('bare', 'deployer'),
      deployment('web', 'deployer'),
      item('cronjobs.batch', 'batch/v1', 'CronJob', 'clock', {
        spec: {
          schedule: '@daily',
          jobTemplate: { spec: { template: { spec: { ...podSpec('deployer'), restartPolicy: 'Never' } } } },
        },
      }),
      item('podtemplates', 'v1', 'PodTemplate', 'form', { template: { spec: podSpec('deployer') } }),
      deployment('dangling', 'not-there'),
      deployment('harmless'),
    ];
    const { outcomes, results, result } = await restored(hostile);
    for (const name of ['pods bare', 'deployments.apps web', 'cronjobs.batch clock', 'podtemplates form']) {
      expect(outcomes[name]).toEqual({
        outcome: 'skipped',
        reason:
          'it names ServiceAccount shop/deployer, which the rule has not made, and nobody signed the backup',
      });
    }
    expect(outcomes['deployments.apps dangling']).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('which is not there'),
    });
    expect(outcomes['deployments.apps harmless']).toMatchObject({ outcome: 'created' });
    for (const name of ['serviceaccounts deployer', 'serviceaccounts default']) {
      expect(outcomes[name]).toMatchObject({
        outcome: 'skipped',
        reason: expect.stringContaining('nobody signed'),
      });
    }
    const seen = JSON.parse(await kubectl('get', '-n', 'shop', 'serviceaccounts', '-o', 'json'));
    expect(JSON.stringify(seen)).not.toContain('"more":"rights"');
    expect(JSON.stringify(seen)).not.toContain('imagePullSecrets');
    expect(result).toMatchObject({ phase: 'Completed', warnings: 5 });
    expect(results.warnings.namespaces?.shop).toContainEqual(
      expect.stringContaining(
        'deployments.apps shop/web is not restored: it names ServiceAccount shop/deployer',
      ),
    );
  });

  it('uses accounts that the rule makes, in this restore and in later ones, and not those of another rule', async () => {
    const mine = [account('web-account'), pod('ours', 'web-account'), deployment('ours', 'web-account')];
    const first = await restored(mine);
    for (const name of ['serviceaccounts web-account', 'pods ours', 'deployments.apps ours']) {
      expect(first.outcomes[name]).toMatchObject({ outcome: 'created' });
    }
    const later = [account('web-account'), deployment('later', 'web-account')];
    expect((await restored(later)).outcomes['deployments.apps later']).toMatchObject({ outcome: 'created' });
    const another = { ...replica, label: 'another' };
    const others = [account('web-account'), deployment('others', 'web-account')];
    expect((await restored(others, another)).outcomes['deployments.apps others']).toMatchObject({
      outcome: 'skipped',
    });
  });

  it('is left out where its namespace goes to the account of Lifeboat; the rest comes', async () => {
    const items = [
      deployment('alone'),
      {
        groupResource: 'configmaps',
        object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'mine' } },
      },
    ];
    const { outcomes, results } = await restored(items);
    expect(outcomes['deployments.apps alone']).toMatchObject({ outcome: 'created' });
    expect(outcomes['configmaps a']).toMatchObject({ outcome: 'skipped' });
    expect(results.warnings.cluster).toContainEqual(
      expect.stringContaining('nothing of namespace mine of the backup is restored'),
    );
    expect(await kubectl('get', 'namespaces', '-o', 'name')).not.toContain('namespace/mine');
  });

  it('is no rule for backups that are proved', async () => {
    const { unsignedResources: _, homeNamespaces: __, ...proved } = replica;
    const { outcomes } = await restored([deployment('trusted', 'deployer')], proved);
    expect(outcomes['deployments.apps trusted']).toMatchObject({ outcome: 'created' });
  });
}
