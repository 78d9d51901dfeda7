import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kubeconfigOf } from '../../local/control-plane/credentials';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { type CertificateChain, makeCertificateChain, shownBy } from '../harness/certificate-chain';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { type Gateway, startGateway } from '../harness/gateway';
import { workingInstallation } from '../harness/working-installation';

const key = Buffer.alloc(32, 7).toString('base64');
const unreadable =
  '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUXG7JnotACertificate=\n-----END CERTIFICATE-----';

describeWithRealCluster('an API server whose certificate is below an intermediate authority', (cluster) => {
  let chain: CertificateChain;
  let stranger: CertificateChain;
  /** Show the server's certificate alone, with its intermediate, and with the root as well. */
  let gateways: Record<'alone' | 'chain' | 'whole', Gateway>;
  beforeAll(async () => {
    chain = await makeCertificateChain();
    stranger = await makeCertificateChain();
    gateways = {
      alone: await startGateway(cluster(), shownBy(chain)),
      chain: await startGateway(cluster(), shownBy(chain, 'intermediate')),
      whole: await startGateway(cluster(), shownBy(chain, 'intermediate', 'root')),
    };
  });
  afterAll(() => {
    for (const gateway of Object.values(gateways ?? {})) gateway.close();
  });

  async function added({ server }: Gateway, ...bundle: string[]) {
    const { installation } = await workingInstallation({ LIFEBOAT_SEAL_KEY: key });
    const kubeconfig = kubeconfigOf(server, bundle.join('\n'), cluster().token);
    return addCluster(installation, { name: 'a', kubeconfig });
  }
  const works = async (gateway: Gateway, ...bundle: string[]) =>
    expect((await added(gateway, ...bundle)).cluster.spec.serverVersion).toBe(cluster().version);
  const isRefused = async (gateway: Gateway, ...bundle: string[]) => {
    await expect(added(gateway, ...bundle)).rejects.toMatchObject({
      kind: 'unavailable',
      hint: expect.stringContaining('certificate-authority-data'),
    });
  };

  it.each(['alone', 'chain', 'whole'] as const)(
    'is trusted by its intermediate authority, and by its own certificate (%s)',
    async (shown) => {
      await works(gateways[shown], chain.intermediate);
      await works(gateways[shown], chain.server);
    },
  );

  it('is trusted by its root where it sends the certificates between', async () => {
    await works(gateways.chain, chain.root);
    await works(gateways.whole, chain.root);
    await isRefused(gateways.alone, chain.root);
  });

  it('is trusted by any certificate of a bundle, in any order and beside what cannot be read', async () => {
    await works(gateways.alone, stranger.root, unreadable, 'a comment', chain.intermediate);
    await works(gateways.alone, chain.root, chain.server, stranger.intermediate, unreadable);
    await works(gateways.alone, chain.root, chain.intermediate);
  });

  it("is refused for another's authorities and certificates, whatever their names", async () => {
    for (const shown of ['alone', 'chain', 'whole'] as const)
      await isRefused(gateways[shown], stranger.root, stranger.intermediate, stranger.server);
  });

  it('is refused when its certificate has ended, however it is trusted', async () => {
    const ended = await makeCertificateChain({ expired: true });
    const gateway = await startGateway(cluster(), shownBy(ended, 'intermediate'));
    await isRefused(gateway, ended.intermediate);
    await isRefused(gateway, ended.server);
    gateway.close();
  });
});
