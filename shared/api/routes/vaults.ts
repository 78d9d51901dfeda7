import * as v from 'valibot';
import { addVault } from '../../installation/add-vault';
import { expiryPlan } from '../../installation/expire';
import { metadataSchema } from '../../manifests/metadata';
import {
  bucketSchema,
  networkTypeSchema,
  regionSchema,
  subdirectorySchema,
  type Vault,
  vaultSchema,
} from '../../manifests/vault';
import { vaultList } from '../answers/manifests';
import { verdictList } from '../answers/retention';
import { pageOf } from '../page';
import { type Route, route } from '../route';
import { withoutSeals } from '../without-seals';
import { listQuery, namePath, readRoutes } from './manifest-routes';

const tag = 'Vaults';

/**
 * Without what names another endpoint, role or key: whoever may call this could have the functions' own credentials sent
 * there, or borrow them.
 */
const newVault = v.strictObject({
  metadata: metadataSchema,
  spec: v.strictObject({
    region: regionSchema,
    bucket: bucketSchema,
    subdirectory: v.optional(subdirectorySchema),
    networkType: v.optional(networkTypeSchema, 'public'),
  }),
});

export const vaultRoutes: Route[] = [
  ...readRoutes<Vault>({
    path: '/vaults',
    word: 'Vault',
    tag,
    item: vaultSchema,
    list: vaultList,
    folder: (state) => state.vaults,
    visible: () => true,
  }),
  route({
    method: 'POST',
    path: '/vaults',
    id: 'createVault',
    tag,
    summary: 'Register a vault',
    description:
      'Its place is looked at first. A vault with an endpoint, a role or an access key of its own is registered at the command line.',
    role: 'admin',
    body: newVault,
    answers: {
      201: { description: 'The vault', content: vaultSchema, headers: { location: 'Where it is' } },
    },
    problems: { 404: 'There is no such bucket', 409: 'The name is taken' },
    async handle({ installation, reach, body }) {
      reach.assertEverything('a vault');
      const { vault } = await addVault(installation, { kind: 'Vault', ...body });
      return {
        status: 201,
        body: withoutSeals(vault),
        headers: { location: `/vaults/${vault.metadata.name}` },
      };
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
