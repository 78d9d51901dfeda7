import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { openRegisteredCluster } from '../../shared/app/clusters/open-cluster';
import { updateCredentials } from '../../shared/app/clusters/update-cluster';
import type { Clock } from '../../shared/platform/clock';
import { systemClock } from '../../shared/platform/system';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { type Gateway, type GatewayAnswer, startGateway } from '../harness/gateway';
import { type WorkingInstallation, workingInstallation } from '../harness/working-installation';
import { configMap, namespace } from './restore/items';

const key = Buffer.alloc(32, 7).toString('base64');
const status = (code: number, reason: string, message: string): Partial<GatewayAnswer> => ({
  status: code,
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify({ kind: 'Status', apiVersion: 'v1', code, reason, message })),
});
const unauthorized = status(401, 'Unauthorized', 'Unauthorized');
const anonymous = status(
  403,
  'Forbidden',
  'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
);

/** Passes over the pauses between two looks at a refusal: the tests do not wait for them. */
const hasty: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal),
};

describeWithRealCluster('credentials that end during a run', (cluster) => {
  let gateway: Gateway;
  let lifeboat: WorkingInstallation;
  let tokens: string[];
  beforeAll(async () => {
    gateway = await startGateway(cluster());
    for (const name of ['shop', 'more']) await cluster().create(JSON.stringify(namespace(name).object));
    for (let n = 0; n < 10; n++) await cluster().create(JSON.stringify(configMap('shop', `c${n}`).object));
    tokens = await Promise.all([1, 2].map((n) => tokenOf(`team-${n}`)));
  });
  beforeEach(async () => {
    lifeboat = await workingInstallation({ LIFEBOAT_SEAL_KEY: key });
    await addCluster(lifeboat.installation, { name: 'a', kubeconfig: kubeconfig(0) });
    const { installation } = lifeboat;
    installation.openCluster = (name, options) =>
      openRegisteredCluster(name, { ...installation, clock: hasty }, options);
  });
  afterEach(() => {
    gateway.rewrite = () => undefined;
  });
  afterAll(() => gateway?.close());

  async function tokenOf(account: string): Promise<string> {
    await cluster().kubectl('create', 'serviceaccount', account, '-n', 'default');
    const subject = `--serviceaccount=default:${account}`;
    await cluster().kubectl('create', 'clusterrolebinding', account, '--clusterrole=cluster-admin', subject);
    return (await cluster().kubectl('create', 'token', account, '-n', 'default')).trim();
  }
  const kubeconfig = (n: number) => gateway.kubeconfig.replace(cluster().token, tokens[n]!);

  /** The first token is known no longer from the first request of a kind on. */
  function endsAt(isIt: (answer: GatewayAnswer) => boolean, refusal = unauthorized) {
    let ended = false;
    gateway.rewrite = (answer) => {
      ended ||= isIt(answer);
      return ended && answer.authorization === `Bearer ${tokens[0]}` ? refusal : undefined;
    };
  }
  /** Somebody gives others once the run has opened the cluster. */
  function areGivenAnew() {
    const { openCluster } = lifeboat.installation;
    lifeboat.installation.openCluster = async (...parameters) => {
      const opened = await openCluster(...parameters);
      await updateCredentials(lifeboat.installation, 'a', { kubeconfig: kubeconfig(1) });
      return opened;
    };
  }
  const list = ({ path }: GatewayAnswer) => /\/secrets\?limit/.test(path);
  const create = ({ method, path }: GatewayAnswer) => method === 'POST' && path.includes('/configmaps');

  it.each([
    ['a list', list, unauthorized],
    ['the first request', () => true, unauthorized],
    ['a list, where the user is anonymous then', list, anonymous],
    ['what others pull in', ({ path }: GatewayAnswer) => /clusterrolebindings/.test(path), unauthorized],
  ])('end a backup with one error at %s', async (_, at, refusal) => {
    endsAt(at, refusal);
    const whole = await lifeboat.backUp('a', 'whole');
    expect(whole).toMatchObject({ phase: 'Failed', errors: 1 });
    expect(whole.reason).toMatch(refusal === anonymous ? /system:anonymous/ : /expired or were revoked/);
    expect(whole.reason).toContain('lifeboat cluster update');
    expect(whole.reason).not.toContain(tokens[0]);
    const one = await lifeboat.backUp('a', 'one', { includedNamespaces: ['shop'] });
    expect(one).toMatchObject({ phase: 'Failed', errors: 1 });
  });

  it('and are not known for seconds while the API server starts are asked with again: Completed', async () => {
    let refused = 0;
    gateway.rewrite = (answer) => (list(answer) && refused++ < 3 ? unauthorized : undefined);
    expect(await lifeboat.backUp('a', 'b')).toMatchObject({ phase: 'Completed', errors: 0 });
    refused = 0;
    gateway.rewrite = (answer) => (create(answer) && refused++ < 3 ? unauthorized : undefined);
    const spec = { backupName: 'b', includedNamespaces: ['shop'], namespaceMapping: { shop: 'again' } };
    expect(await lifeboat.restore('a', 'r', spec)).toMatchObject({ phase: 'Completed', errors: 0 });
    expect(refused).toBeGreaterThan(3);
  });

  it('end a restore with one error', async () => {
    expect(await lifeboat.backUp('a', 'b', { includedNamespaces: ['shop'] })).toMatchObject({
      phase: 'Completed',
    });
    endsAt(create);
    const spec = { backupName: 'b', namespaceMapping: { shop: 'copy' } };
    expect(await lifeboat.restore('a', 'r', spec)).toMatchObject({
      phase: 'Failed',
      errors: 1,
      reason: expect.stringContaining('expired or were revoked'),
    });
  });

  it('are read again where somebody has given others: backup and restore are Completed', async () => {
    areGivenAnew();
    endsAt(list);
    expect(await lifeboat.backUp('a', 'b', { includedNamespaces: ['shop'] })).toMatchObject({
      phase: 'Completed',
      errors: 0,
    });
    gateway.rewrite = () => undefined;
    await updateCredentials(lifeboat.installation, 'a', { kubeconfig: kubeconfig(0) });
    endsAt(create);
    const spec = { backupName: 'b', namespaceMapping: { shop: 'copy-too' } };
    expect(await lifeboat.restore('a', 'r', spec)).toMatchObject({ phase: 'Completed', errors: 0 });
    const there = await cluster().kubectl('get', 'configmaps', '-n', 'copy-too', '-o', 'name');
    expect(there.split('\n').filter((line) => /c\d$/.test(line))).toHaveLength(10);
  });
});
