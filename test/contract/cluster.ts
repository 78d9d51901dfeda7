import { afterAll, beforeAll, describe } from '@jest/globals';
import { accessCases } from './cluster-access';
import { type ClusterUnderTest, RawClient } from './cluster-client';
import { customResourceCases } from './cluster-custom-resources';
import { deletionCases } from './cluster-deletion';
import { discoveryCases } from './cluster-discovery';
import { kindCases } from './cluster-kinds';
import { listCases } from './cluster-lists';
import { namespaceCases } from './cluster-namespaces';
import { objectCases } from './cluster-objects';
import { outageCases } from './cluster-outages';
import { patchCases } from './cluster-patches';
import { watchCases } from './cluster-watches';

/** What the cases of one topic are given: the client once the suite runs. */
export type Cases = (client: () => RawClient, cluster: () => ClusterUnderTest) => void;

/** What every API server does, as far as backup and restore rely on it. */
export function clusterContract(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`the API server contract over ${name}`, () => {
    let cluster: ClusterUnderTest;
    let client: RawClient;

    beforeAll(async () => {
      cluster = await start();
      client = new RawClient(cluster);
      await client.readVersion();
    }, 180_000);
    afterAll(async () => {
      client?.close();
      await cluster?.stop();
    }, 60_000);

    const topics: Cases[] = [
      discoveryCases,
      objectCases,
      patchCases,
      listCases,
      watchCases,
      deletionCases,
      namespaceCases,
      customResourceCases,
      kindCases,
      accessCases,
      outageCases,
    ];
    for (const topic of topics)
      topic(
        () => client,
        () => cluster,
      );
  });
}
