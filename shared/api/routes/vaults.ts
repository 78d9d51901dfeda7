import { LifeboatError } from '../../platform/errors';
import { expiryPlan } from '../../app/ticks/expire';
import type { Vault } from '../../formats/manifests/vault';
import { shownVault, vaultList } from '../answers/manifests';
import { verdictList } from '../answers/retention';
import { pageOf } from '../page';
import { type Call, type Route, route } from '../route';
import { listQuery, namePath, readRoutes } from './manifest-routes';

const tag = 'Vaults';

/** For a caller with a scope: one look at the vault tells whether it answers. */
async function scoped({ installation }: Call, vault: Vault) {
  const { kind, metadata } = vault;
  const phase = await phaseOf(installation, vault);
  return { kind, metadata: { name: metadata.name }, status: { phase } };
}

async function phaseOf(installation: Call['installation'], vault: Vault) {
  try {
    const store = installation.openVaultStore(vault);
    for await (const _page of store.list('', { pageSize: 1 })) break;
    return 'Available';
  } catch (error) {
    if (error instanceof LifeboatError) return 'Unavailable';
    throw error;
  }
}

/** Vaults are registered at the command line: the functions' roles have to be given rights on their buckets. */
export const vaultRoutes: Route[] = [
  ...readRoutes<Vault>({
    path: '/vaults',
    word: 'Vault',
    tag,
    item: shownVault,
    list: vaultList,
    folder: (state) => state.vaults,
    visible: () => true,
    async shown(call, vaults) {
      if (call.reach.everything) return vaults;
      return Promise.all(vaults.map((vault) => scoped(call, vault)));
    },
  }),
  route({
    method: 'GET',
    path: '/vaults/{name}/retention',
    id: 'getRetentionPlan',
    tag,
    summary: 'What the next hourly pass would delete in a vault, and why it keeps the rest',
    role: 'viewer',
    parameters: namePath,
    query: listQuery,
    answers: { 200: { description: 'A page of verdicts, by name of the backup', content: verdictList } },
    async handle({ installation, reach, path, query }) {
      const all = await expiryPlan(installation, path.name);
      const seen = reach.everything
        ? all
        : all.filter(({ series }) => series !== undefined && reach.cluster(series.cluster));
      const sorted = seen.sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = await pageOf(sorted, ({ name }) => name, query);
      return { status: 200, body: { ...page, unreadable: [] } };
    },
  }),
];
