import { type BareApi, bareApi, bareRequest } from '../local/proof/bare-api';
import { startBenchServers } from './bench-servers';
import { bareCreate, bareList } from './floor';
import type { Measured } from './operation-message';
import { realisticObjects } from './realistic-objects';
import { runFloor } from './run-floor';
import { runOperation } from './run-operation';

/** What one size came to. Times in seconds. */
export interface SizeResult {
  server: string;
  /** Objects that the bare list read, of the cluster's own too. */
  listed: number;
  listFloor: number;
  backup: Measured;
  /** Objects created, namespaces included. */
  created: number;
  createFloor: number;
  restore: Measured;
}

const prefix = 'team';
const rounds = 5;

/** Measures one size on servers of its own; bare and ours in turn, so that both meet the same machine. */
export async function measureSize(count: number, say: (line: string) => void): Promise<SizeResult> {
  say(`${count} objects: starting the API server`);
  const servers = await startBenchServers();
  const { kubeconfig, oss, kind: server } = servers;
  const creating = bareApi(kubeconfig, 24);
  const listing = bareApi(kubeconfig, 4);
  try {
    const { namespaces, objects } = realisticObjects(count, prefix);
    say('creating them bare, 24 at a time');
    const createFloor = await seconds(async () => {
      await bareCreate(creating, namespaces);
      await bareCreate(creating, objects);
    });
    await settled(listing);

    const collections = await listable(listing);
    const floors: number[] = [];
    const backups: Measured[] = [];
    let listed = 0;
    for (let round = 1; round <= rounds; round++) {
      say(`listing everything bare, then backing it up: round ${round} of ${rounds}`);
      const floor = await runFloor({ kubeconfig, collections });
      floors.push(floor.seconds);
      listed = floor.items;
      backups.push(
        await runOperation({
          kubeconfig,
          oss,
          name: `bench-${round}`,
          backup: { includedNamespaces: ['*'] },
        }),
      );
    }

    say('restoring them into new namespaces');
    const names = namespaces.map(({ body }) => JSON.parse(body).metadata.name as string);
    const namespaceMapping = Object.fromEntries(names.map((name) => [name, `new-${name}`]));
    const restore = await runOperation({
      kubeconfig,
      oss,
      name: 'bench',
      restore: { backupName: 'bench-1', includedNamespaces: names, namespaceMapping },
    });
    return {
      server,
      listed,
      listFloor: median(floors),
      backup: middle(backups),
      created: namespaces.length + objects.length,
      createFloor,
      restore,
    };
  } finally {
    creating.agent.destroy();
    listing.agent.destroy();
    await servers.stop();
  }
}

/** Paths of the collections that can be listed, of each resource in the first version that serves it. */
async function listable(api: BareApi): Promise<string[]> {
  const get = async (path: string) => JSON.parse((await bareRequest(api, 'GET', path)).toString('utf8'));
  const { groups } = (await get('/apis')) as { groups: { preferredVersion: { groupVersion: string } }[] };
  const versions = ['api/v1', ...groups.map((group) => `apis/${group.preferredVersion.groupVersion}`)];
  const paths: string[] = [];
  for (const version of versions) {
    const { resources } = (await get(`/${version}`)) as { resources: { name: string; verbs: string[] }[] };
    paths.push(
      ...resources.filter(({ verbs }) => verbs.includes('list')).map(({ name }) => `/${version}/${name}`),
    );
  }
  return paths;
}

/** Waits until the controllers have made what they make of new namespaces. */
async function settled(api: BareApi): Promise<void> {
  const own = ['/api/v1/serviceaccounts', '/api/v1/configmaps', '/api/v1/endpoints'];
  let before = -1;
  for (;;) {
    const now = await bareList(api, own);
    if (now === before) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

/** The median in time, with the highest peak of all. */
function middle(measured: readonly Measured[]): Measured {
  const time = median(measured.map(({ seconds }) => seconds));
  return {
    ...measured.find(({ seconds }) => seconds === time)!,
    peakMegabytes: Math.max(...measured.map(({ peakMegabytes }) => peakMegabytes)),
  };
}
