import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../local/cluster/server';
import { addCluster, type ClusterToAdd } from '../../../../shared/app/clusters/add-cluster';
import { deleteCluster, usersOfCluster } from '../../../../shared/app/clusters/delete-cluster';
import type { Installation } from '../../../../shared/app/installation';
import { connectTo } from '../../../../shared/app/clusters/open-cluster';
import { sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import { labelCluster } from '../../../../shared/app/clusters/label-cluster';
import { requestBackup } from '../../../../shared/app/runs/request';
import { updateCredentials } from '../../../../shared/app/clusters/update-cluster';
import type { RbacScope } from '../../../../shared/operations/rights/rbac-manifests';
import { role } from '../../../harness/kms-server';
import { type Answer, openApiServer } from '../../../harness/openapi-server';
import { workingInstallation } from '../../../harness/working-installation';

const key = Buffer.alloc(32, 7).toString('base64');
const ackId = 'c82e6987e2961451182edacd74faf0000';
let sandbox: SandboxCluster;
let other: SandboxCluster;
let ack: Awaited<ReturnType<typeof openApiServer>>;
let answer: () => Answer;
beforeAll(async () => {
  [sandbox, other] = await Promise.all([
    startSandboxCluster({ name: 's' }),
    startSandboxCluster({ name: 'o' }),
  ]);
  ack = await openApiServer({ [role.accessKeyId]: role.accessKeySecret }, () => answer());
});
afterAll(() => Promise.all([sandbox.close(), other.close(), ack.close()]));

const open = () => workingInstallation({ LIFEBOAT_SEAL_KEY: key, LIFEBOAT_CS_ENDPOINT: ack.endpoint });
const ackSpec = { clusterId: ackId, region: 'cn-hangzhou', private: false, minutes: 15 };
const told = (): Answer => [
  200,
  { config: sandbox.kubeconfig, expiration: new Date(Date.now() + 900_000).toISOString() },
];
/** The sandbox's kubeconfig with the line of its token, or its server, replaced. */
const withUser = (line: string) => sandbox.kubeconfig.replace(/^( *)token: .*$/m, `$1${line}`);
const withServer = (server: string) => sandbox.kubeconfig.replace(/server: .*$/m, `server: ${server}`);
/** A request to the sandbox as its administrator. */
async function ask(installation: Installation, method: 'GET' | 'POST', path: string, body?: object) {
  const cluster = await connectTo(
    's',
    sanitiseKubeconfig(sandbox.kubeconfig, { allowLoopback: true }),
    installation,
  );
  try {
    const text = body && JSON.stringify(body);
    return (await cluster.request({ method, path, body: text, contentType: 'application/json' })).status;
  } finally {
    cluster.close();
  }
}
const account: RbacScope = { scope: 'read-only', rbac: true, account: 'lifeboat', home: 'lifeboat' };

describe('a cluster that cannot be added', () => {
  const secret = 'a-secret-of-the-kubeconfig';
  it.each<[string, () => Partial<ClusterToAdd>, RegExp]>([
    [
      'a program',
      () => ({ kubeconfig: withUser(`exec: {command: ${secret}}`) }),
      /user\.exec is not accepted/,
    ],
    [
      'a log-in of a cloud',
      () => ({ kubeconfig: withUser('auth-provider: {name: gcp}') }),
      /user\.auth-provider/,
    ],
    ['a token in a file', () => ({ kubeconfig: withUser('tokenFile: /etc/passwd') }), /user\.tokenFile/],
    ['a key in a file', () => ({ kubeconfig: withUser('client-key: /root/key') }), /user\.client-key /],
    ['a password', () => ({ kubeconfig: withUser(`password: ${secret}`) }), /user\.password/],
    ['another user to be', () => ({ kubeconfig: withUser('as: admin') }), /user\.as /],
    [
      'no credentials',
      () => ({ kubeconfig: withUser('extensions: []') }),
      /neither a token nor a client cert/,
    ],
    ['no YAML', () => ({ kubeconfig: `{${secret}` }), /not valid YAML/],
    ['plain HTTP', () => ({ kubeconfig: withServer('http://10.0.0.1') }), /server is not https/],
    ['a metadata service', () => ({ kubeconfig: withServer('https://100.100.100.200') }), /metadata/],
    [
      'one hidden in IPv6',
      () => ({ kubeconfig: withServer('https://[::ffff:100.100.100.200]') }),
      /metadata/,
    ],
    ['a link-local address', () => ({ kubeconfig: withServer('https://169.254.169.254') }), /link-local/],
    ['another context', () => ({ context: 'none' }), /no context is named "none"/],
    ['no name', () => ({ name: 'Not A Name' }), /is not a name for a cluster/],
    ['no label', () => ({ labels: { 'a b': 'c' } }), /labels of cluster/],
    ['no network', () => ({ network: 'a/b' }), /is not a name for a network/],
  ])('for it has %s: one clear error with a remedy, and nothing is stored', async (_, change, expected) => {
    const { installation, bucket } = await open();
    const before = bucket.keys();
    const adding = addCluster(installation, { name: 'a', kubeconfig: sandbox.kubeconfig, ...change() });
    const error = (await adding.catch((thrown: unknown) => thrown)) as Error & { hint?: string };
    expect(error.message).toMatch(expected);
    expect(`${error.message} ${error.hint}`).not.toContain(secret);
    expect(bucket.keys()).toEqual(before);
  });

  it('for there is no key: nothing is made in the cluster either', async () => {
    const { installation, bucket } = await workingInstallation({});
    const before = bucket.keys();
    const { kubeconfig } = sandbox;
    const adding = addCluster(installation, { name: 'a', kubeconfig, serviceAccount: account });
    await expect(adding).rejects.toThrow('LIFEBOAT_SEAL_KEY is not set');
    expect(bucket.keys()).toEqual(before);
    expect(await ask(installation, 'GET', '/api/v1/namespaces/lifeboat')).toBe(404);
  });

  it('for the service account is somebody else’s', async () => {
    const { installation, bucket } = await open();
    await ask(installation, 'POST', '/api/v1/namespaces', { metadata: { name: 'lifeboat' } });
    const accounts = '/api/v1/namespaces/lifeboat/serviceaccounts';
    expect(await ask(installation, 'POST', accounts, { metadata: { name: 'lifeboat' } })).toBe(201);
    const before = bucket.keys();
    const { kubeconfig } = sandbox;
    const adding = addCluster(installation, { name: 'a', kubeconfig, serviceAccount: account });
    await expect(adding).rejects.toMatchObject({
      kind: 'conflict',
      hint: expect.stringContaining('--service-account'),
    });
    expect(bucket.keys()).toEqual(before);
  });
});

describe('a cluster of ACK', () => {
  it('is registered by its id, works, and keeps no credentials', async () => {
    answer = told;
    const { installation, backUp, stateText } = await open();
    const { cluster } = await addCluster(installation, { name: 'a', ack: ackSpec });
    expect(cluster.spec).toEqual({
      server: expect.stringContaining('https://127.0.0.1'),
      ack: ackSpec,
      uid: expect.any(String),
      serverVersion: expect.any(String),
    });
    ack.taken.length = 0;
    expect(await backUp('a', 'b-1')).toMatchObject({ phase: 'Completed' });
    expect(ack.taken).toHaveLength(1);
    const token = /token: (\S+)/.exec(sandbox.kubeconfig)![1]!;
    expect(stateText()).not.toContain(token);
    expect(stateText()).not.toContain('ciphertext');
  });

  it('fails its runs with what ACK said', async () => {
    answer = told;
    const { installation, backUp } = await open();
    await addCluster(installation, { name: 'a', ack: ackSpec });
    answer = () => [403, { Code: 'ForbiddenNotAllowed' }];
    expect(await backUp('a', 'b-1')).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining(`ACK cluster ${ackId}: ForbiddenNotAllowed`),
    });
  });

  it.each<[string, Answer, RegExp]>([
    ['ACK knows none of this id', [404, { Code: 'ErrorClusterNotFound' }], /ErrorClusterNotFound/],
    ['what ACK gives would run a program', [200, { config: 'PROGRAM' }], /user\.exec is not accepted/],
  ])('is not added when %s', async (_, given, expected) => {
    answer = () => (given[0] === 200 ? [200, { config: withUser('exec: {command: rm}') }] : given);
    const { installation, bucket } = await open();
    const before = bucket.keys();
    await expect(addCluster(installation, { name: 'a', ack: ackSpec })).rejects.toThrow(expected);
    expect(bucket.keys()).toEqual(before);
  });

  it.each([14, 4321, 15.5, Number.NaN])('cannot have kubeconfigs of %d minutes', async (minutes) => {
    answer = told;
    const { installation, bucket } = await open();
    const before = bucket.keys();
    const adding = addCluster(installation, { name: 'a', ack: { ...ackSpec, minutes } });
    await expect(adding).rejects.toMatchObject({ kind: 'invalid' });
    expect(bucket.keys()).toEqual(before);
  });
});

describe('a registered cluster', () => {
  it('keeps its name, labels, network and identity when its credentials change', async () => {
    answer = told;
    const { installation } = await open();
    const { kubeconfig } = sandbox;
    const labels = { env: 'live' };
    const { cluster } = await addCluster(installation, { name: 'a', kubeconfig, labels, network: 'beijing' });
    const { cluster: changed } = await updateCredentials(installation, 'a', { ack: ackSpec });
    expect(changed.metadata).toEqual(cluster.metadata);
    expect(changed.spec).toMatchObject({ network: 'beijing', uid: cluster.spec.uid, ack: ackSpec });
    expect(changed.spec.sealedKubeconfig).toBeUndefined();
    const elsewhere = updateCredentials(installation, 'a', { kubeconfig: other.kubeconfig });
    await expect(elsewhere).rejects.toMatchObject({ kind: 'denied' });
    expect(await installation.state.clusters.get('a')).toEqual(changed);
  });

  it('keeps a label that it is given while its new credentials are tried', async () => {
    const { installation } = await open();
    const { kubeconfig } = sandbox;
    await addCluster(installation, { name: 'a', kubeconfig });
    answer = told;
    let labelled: Promise<unknown> | undefined;
    const ackOf = installation.ack;
    installation.ack = (region) => {
      labelled ??= labelCluster(installation, 'a', { env: 'live' });
      const asked = ackOf(region);
      return { ...asked, kubeconfig: async (wanted) => labelled!.then(() => asked.kubeconfig(wanted)) };
    };
    const { cluster } = await updateCredentials(installation, 'a', { ack: ackSpec });
    expect(cluster.metadata.labels).toEqual({ env: 'live' });
    expect((await installation.state.clusters.get('a')).metadata.labels).toEqual({ env: 'live' });
  });

  it('is told to be the same as one of another name', async () => {
    const { installation } = await open();
    const { kubeconfig } = sandbox;
    expect((await addCluster(installation, { name: 'a', kubeconfig })).sameAs).toEqual([]);
    expect((await addCluster(installation, { name: 'o', kubeconfig: other.kubeconfig })).sameAs).toEqual([]);
    expect((await addCluster(installation, { name: 'b', kubeconfig })).sameAs).toEqual(['a']);
  });

  it('is deleted also when it cannot be read, but not while something that cannot be read may name it', async () => {
    const { installation, bucket } = await open();
    bucket.write('state/clusters/broken.json', Buffer.from('{"kind":"Cluster"}'));
    bucket.write('state/schedules/nightly.json', Buffer.from('{'));
    await expect(deleteCluster(installation, 'broken')).rejects.toThrow(
      'cluster "broken" is named by schedule "nightly" (cannot be read, and may name it)',
    );
    bucket.objects.delete('state/schedules/nightly.json');
    await deleteCluster(installation, 'broken');
    expect((await installation.state.clusters.list()).unreadable).toEqual([]);
    await expect(deleteCluster(installation, 'broken')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('is not deleted under a run', async () => {
    const { installation } = await open();
    await addCluster(installation, { name: 'a', kubeconfig: sandbox.kubeconfig });
    await addCluster(installation, { name: 'b', kubeconfig: other.kubeconfig });
    await requestBackup(installation, {
      kind: 'BackupRequest',
      metadata: { name: 'one' },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
    await expect(deleteCluster(installation, 'a')).rejects.toThrow('is named by backup one (under way)');
    await deleteCluster(installation, 'b');
  });

  it('is not deleted while a schedule or a replication names it', async () => {
    const { installation } = await open();
    const { state } = installation;
    await addCluster(installation, { name: 'a', kubeconfig: sandbox.kubeconfig });
    await state.schedules.create({
      kind: 'Schedule',
      metadata: { name: 'nightly' },
      spec: {
        schedule: '0 2 * * *',
        clusters: ['a'],
        vault: 'main',
        startAt: '2026-11-22T00:00:00Z',
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'] },
      },
    });
    await state.replications.create({
      kind: 'Replication',
      metadata: { name: 'standby' },
      spec: { source: { vault: 'main', cluster: 'b' }, targets: ['a'], policy: 'seed' },
    });
    expect(await usersOfCluster(installation, 'a')).toEqual(['schedule "nightly"', 'replication "standby"']);
    await expect(deleteCluster(installation, 'a')).rejects.toMatchObject({ kind: 'conflict' });
    expect(await state.clusters.find('a')).toBeDefined();
    await state.schedules.remove('nightly');
    await state.replications.remove('standby');
    await deleteCluster(installation, 'a');
    expect(await state.clusters.find('a')).toBeUndefined();
    await expect(deleteCluster(installation, 'a')).rejects.toMatchObject({ kind: 'not-found' });
  });
});
