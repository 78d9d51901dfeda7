import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { addReplication } from '../../../../shared/app/replications/add-replication';
import { replicateVaults } from '../../../../shared/app/replications/replicate-vaults';
import type { ReplicationInput } from '../../../../shared/formats/manifests/replication';
import { seedSigner } from '../../../../shared/formats/vault/proof/signer';
import { verifyBackup } from '../../../../shared/formats/vault/verify/verify-backup';
import type { MemoryBucket } from '../../../harness/memory-bucket';
import {
  sharedBucket,
  startTestCluster,
  type TestCluster,
  testInstallation,
  type TestInstallation,
} from './replicating-installations';

jest.setTimeout(60_000);

const signingKey = Buffer.alloc(32, 1).toString('base64');
const otherKey = Buffer.alloc(32, 2).toString('base64');
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const rule = [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }];
const subject = { kind: 'User', name: 'thief', apiGroup: 'rbac.authorization.k8s.io' };

/** `far` is another installation's cluster, `near` ours: they share a vault and nothing else. */
let far: TestCluster;
let near: TestCluster;
let bucket: MemoryBucket;
let theirs: TestInstallation;
let ours: TestInstallation;
let key: string;

beforeAll(async () => {
  key = await seedSigner(signingKey).publicKey();
  far = await startTestCluster('far');
  await far.send('POST', '/api/v1/namespaces', namespace('shop'));
  await far.send('POST', '/api/v1/namespaces/shop/configmaps', configMap('prices', { apple: '3' }));
  const grant = { apiVersion: 'rbac.authorization.k8s.io/v1', rules: rule, metadata: { name: 'grab' } };
  await far.send('POST', `${rbac}/clusterroles`, { ...grant, kind: 'ClusterRole' });
  await far.send('POST', `${rbac}/namespaces/shop/roles`, { ...grant, kind: 'Role' });
  await far.send('POST', `${rbac}/clusterrolebindings`, {
    ...grant,
    kind: 'ClusterRoleBinding',
    subjects: [subject],
    roleRef: { kind: 'ClusterRole', name: 'grab', apiGroup: 'rbac.authorization.k8s.io' },
  });
});
beforeEach(async () => {
  near?.api.close();
  await near?.sandbox.close();
  near = await startTestCluster('near');
  bucket = sharedBucket();
  theirs = await testInstallation('i1', bucket, [far], { signingKey });
  ours = await testInstallation('i2', bucket, [near]);
});
afterAll(async () => {
  for (const cluster of [far, near]) {
    cluster?.api.close();
    await cluster?.sandbox.close();
  }
});

const everything = { includedNamespaces: ['*'] };
const source = () => ({ vault: 'main', cluster: 'far', clusterUid: far.uid });
const standby = (more: Partial<ReplicationInput['spec']> = {}): ReplicationInput['spec'] => ({
  source: source(),
  targets: ['near'],
  policy: 'seed',
  ...more,
});
const prices = (cluster = near) => cluster.get('/api/v1/namespaces/shop/configmaps/prices');
const catalogueOf = (name: string) => `vault/backups/${name}/${name}-lifeboat.json.gz`;
const signatureOf = (name: string) => `vault/backups/${name}/${name}-lifeboat-signature.json`;

describe("a rule for another installation's backups", () => {
  it('restores what a key signed that it trusts, rights and cluster-scoped objects too', async () => {
    await theirs.backUp('far', 'daily-1', everything);
    await ours.addRule('standby', standby({ trustedKeys: [key] }));
    await ours.catchUp();
    expect(await ours.restoreOf('standby', 'daily-1')).toMatchObject({ phase: 'Completed' });
    expect(await prices()).toMatchObject({ data: { apple: '3' } });
    expect(await near.get(`${rbac}/clusterroles/grab`)).toBeDefined();
    const vault = bucket.store('vault/');
    const { proof, parts } = await verifyBackup(vault, 'daily-1', {
      origin: { verdict: 'proved', by: 'the test' },
      temporaryDirectory: '/tmp',
    });
    expect([proof, parts.filter(({ what }) => what.endsWith('-signature.json'))]).toEqual([
      'proved',
      [{ what: 'backups/daily-1/daily-1-lifeboat-signature.json', proof: 'proved' }],
    ]);
  });

  it('restores nothing that another key signed, or nobody, or that is of another cluster', async () => {
    await theirs.backUp('far', 'daily-1', everything);
    const wrong = await seedSigner(otherKey).publicKey();
    await ours.addRule('wrong-key', standby({ trustedKeys: [wrong] }));
    await ours.addRule('no-key', standby());
    const another = { ...source(), clusterUid: 'another' };
    await ours.addRule('other-cluster', standby({ trustedKeys: [key], source: another }));
    await ours.catchUp();
    bucket.objects.delete(signatureOf('daily-1'));
    await ours.addRule('unsigned-now', standby({ trustedKeys: [key] }));
    await ours.catchUp();
    expect(bucket.keys().filter((one) => one.includes('/runs/restores/'))).toEqual([]);
  });

  it('restores unsigned ones only when told to, without rights and cluster-scoped objects', async () => {
    await theirs.backUp('far', 'daily-1', everything);
    for (const gone of [signatureOf, catalogueOf]) bucket.objects.delete(gone('daily-1'));
    await ours.addRule(
      'standby',
      standby({ trustUnsigned: true, source: { ...source(), namespaces: ['shop'] } }),
    );
    await ours.catchUp();
    expect(await ours.restoreOf('standby', 'daily-1')).toMatchObject({ phase: 'Completed' });
    expect(await prices()).toBeDefined();
    for (const path of ['clusterroles/grab', 'clusterrolebindings/grab', 'namespaces/shop/roles/grab'])
      expect(await near.get(`${rbac}/${path}`)).toBeUndefined();
  });

  it('brings of them what the rule lists', async () => {
    await theirs.backUp('far', 'daily-1', everything);
    for (const gone of [signatureOf, catalogueOf]) bucket.objects.delete(gone('daily-1'));
    const unsignedResources = ['roles.rbac.authorization.k8s.io'];
    await ours.addRule(
      'standby',
      standby({ trustUnsigned: true, unsignedResources, source: { ...source(), namespaces: ['shop'] } }),
    );
    await ours.catchUp();
    expect(await near.get(`${rbac}/namespaces/shop/roles/grab`)).toBeDefined();
    expect(await near.get(`${rbac}/clusterroles/grab`)).toBeUndefined();
  });

  it('brings of them nothing into the namespace of Lifeboat, whatever the rule names and maps', async () => {
    await theirs.backUp('far', 'daily-1', everything);
    for (const gone of [signatureOf, catalogueOf]) bucket.objects.delete(gone('daily-1'));
    const namespaceMapping = { shop: 'lifeboat' };
    const named = { ...source(), namespaces: ['shop', 'default'] };
    await ours.addRule('standby', standby({ trustUnsigned: true, source: named, namespaceMapping }));
    await ours.catchUp();
    expect((await ours.restoreOf('standby', 'daily-1'))!.result).toMatchObject({
      phase: 'Completed',
      warnings: expect.any(Number),
    });
    expect(await near.get('/api/v1/namespaces/lifeboat')).toBeUndefined();
  });

  it.each([
    ['names no namespace', undefined, 'names no namespaces'],
    ['names all', ['*'], 'names namespaces by a pattern'],
    ['names some by a pattern', ['shop', 'team-?'], 'names namespaces by a pattern'],
  ])(
    'is refused where it takes unsigned ones and %s; the error says how to write it',
    async (_, namespaces, said) => {
      const spec = standby({
        trustUnsigned: true,
        source: { ...source(), ...(namespaces && { namespaces }) },
      });
      const manifest = { kind: 'Replication', metadata: { name: 'standby' }, spec };
      await expect(addReplication(ours.installation, manifest)).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining(said),
        hint: expect.stringContaining('--include-namespaces'),
      });
      expect(await ours.installation.state.replications.find('standby')).toBeUndefined();
    },
  );

  it('of an older release that takes unsigned ones for any namespace takes only what is signed', async () => {
    await theirs.backUp('far', 'daily-1', everything);
    const spec = standby({ trustUnsigned: true, trustedKeys: [key] });
    const manifest = { kind: 'Replication', metadata: { name: 'standby' }, spec };
    await ours.installation.state.replications.create(manifest);
    await ours.catchUp();
    expect(await ours.restoreOf('standby', 'daily-1')).toMatchObject({ phase: 'Completed' });
    await theirs.backUp('far', 'daily-2', everything);
    for (const gone of [signatureOf, catalogueOf]) bucket.objects.delete(gone('daily-2'));
    await ours.catchUp();
    expect((await ours.restoreOf('standby', 'daily-2'))!.result).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('names no namespaces'),
    });
  });

  it.each([
    ['before the worker looks', 0, 'its catalogue is not the one that was signed'],
    ['after the worker has proved it', 1, 'is not what was written'],
  ])('restores nothing of a catalogue that was put in its place %s', async (_, reads, reason) => {
    await theirs.backUp('far', 'another-1', { includedNamespaces: ['default'] }, false);
    await theirs.backUp('far', 'daily-1', everything);
    await ours.addRule('standby', standby({ trustedKeys: [key] }));
    await replicateVaults(ours.installation);
    const swap = () =>
      bucket.objects.set(catalogueOf('daily-1'), bucket.objects.get(catalogueOf('another-1'))!);
    let read = 0;
    if (reads === 0) swap();
    bucket.after = (operation, at) => {
      if (operation === 'get' && at === catalogueOf('daily-1') && ++read === reads) swap();
    };
    await ours.work();
    bucket.after = () => {};
    expect((await ours.restoreOf('standby', 'daily-1'))!.result).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining(reason),
    });
    expect(await prices()).toBeUndefined();
  });
});

describe('what was replicated', () => {
  it('does not go back to where it came from, through another installation either', async () => {
    await theirs.backUp('far', 'daily-1');
    await ours.addRule('standby', standby({ trustedKeys: [key] }));
    await ours.catchUp();
    await near.send('POST', '/api/v1/namespaces/shop/configmaps', configMap('of-near', {}));
    // Deleted at its source, while the copy still stands: it must not come to life again.
    await far.send('POST', '/api/v1/namespaces/shop/configmaps', configMap('dead', {}));
    await theirs.backUp('far', 'daily-2');
    await ours.catchUp();
    await far.send('DELETE', '/api/v1/namespaces/shop/configmaps/dead');
    expect(await near.get('/api/v1/namespaces/shop/configmaps/dead')).toBeDefined();

    const nearKey = await seedSigner(otherKey).publicKey();
    const back = await testInstallation('i3', bucket, [near], { signingKey: otherKey });
    await back.backUp('near', 'back-1', undefined, false);
    await theirs.addRule('back', {
      source: { vault: 'main', cluster: 'near', clusterUid: near.uid },
      targets: ['far'],
      policy: 'seed',
      trustedKeys: [nearKey],
    });
    await theirs.catchUp();
    expect(await theirs.restoreOf('back', 'back-1')).toMatchObject({ phase: 'Completed' });
    expect(await far.get('/api/v1/namespaces/shop/configmaps/of-near')).toBeDefined();
    expect(await far.get('/api/v1/namespaces/shop/configmaps/dead')).toBeUndefined();
    expect((await prices(far))!.metadata.annotations ?? {}).not.toHaveProperty('lifeboat/origin');
  });

  it('is not of a cluster that is the target itself under another name', async () => {
    const twin: TestCluster = { ...far, name: 'twin', uid: 'not-yet-known' };
    const both = await testInstallation('i4', bucket, [far, twin]);
    await both.addRule('self', {
      source: { vault: 'main', cluster: 'far' },
      targets: ['twin'],
      policy: 'mirror',
    });
    await both.backUp('far', 'daily-9');
    expect((await both.restoreOf('self', 'daily-9'))!.result).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('is the very cluster that backup "daily-9" was made of'),
    });
  });
});

function namespace(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function configMap(name: string, data: object) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}
