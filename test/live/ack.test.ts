import { expect, it } from '@jest/globals';
import { credentialsEnd } from '../../shared/platform/kubernetes/credentials-end';
import { supportedVersion } from '../../shared/platform/kubernetes/server-version';
import { ackKubeconfig, connectTo } from '../../shared/app/clusters/open-cluster';
import { installationOfEnvironment } from '../../shared/app/from-environment';
import { describeLive } from './describe-live';

const needs = {
  LIFEBOAT_LIVE_ACK_CLUSTER:
    'the id of an ACK cluster in the region, which you may use and whose API server has a public address',
};

describeLive('ACK gives a kubeconfig that ends by itself', needs, (value) => {
  it('for 15 minutes, and /version is read with it', async () => {
    const installation = await installationOfEnvironment();
    const { kubeconfig, validFor } = await ackKubeconfig(
      {
        clusterId: value('LIFEBOAT_LIVE_ACK_CLUSTER'),
        region: value('LIFEBOAT_REGION'),
        private: false,
        minutes: 15,
      },
      installation,
    );
    expect(validFor / 60_000).toBeGreaterThan(14);
    expect(validFor / 60_000).toBeLessThanOrEqual(15);
    const cluster = await connectTo('live-ack', kubeconfig, installation);
    try {
      expect(await supportedVersion(cluster)).toMatch(/^v1\.\d+/);
    } finally {
      cluster.close();
    }
    // What the certificate says itself, by this machine's clock.
    const minutesLeft = (credentialsEnd(kubeconfig)!.getTime() - Date.now()) / 60_000;
    expect(minutesLeft).toBeGreaterThan(10);
    expect(minutesLeft).toBeLessThan(20);
  }, 60_000);
});
