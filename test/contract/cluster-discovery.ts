import { describe, expect, it } from '@jest/globals';
import { builtInVersion } from '../../local/cluster/kinds/built-in-kinds';
import { readBuiltInKinds } from '../../local/cluster/kinds/built-in-table';
import type { Cases } from './cluster';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export const discoveryCases: Cases = (client) => {
  describe('discovery', () => {
    it('names its version', async () => {
      const { json } = await client().get('/version');

      expect(json.gitVersion).toMatch(/^v1\.\d+\.\d+/);
    });

    it('refuses a wrong token with 401 and a Status', async () => {
      const answer = await client().get('/api/v1/namespaces', { token: 'wrong' });

      expect(answer.status).toBe(401);
      expect(answer.json).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Unauthorized',
        reason: 'Unauthorized',
        code: 401,
      });
    });

    it('refuses a request without a token with 403', async () => {
      const answer = await client().get('/api/v1/namespaces', { token: null });

      expect(answer.status).toBe(403);
      expect(answer.json).toMatchObject({ kind: 'Status', reason: 'Forbidden', code: 403 });
      expect(answer.json.message).toContain('User "system:anonymous" cannot');
    });

    it('lists core versions and groups in the old form', async () => {
      const core = await client().get('/api');
      const groups = await client().get('/apis');

      expect(core.json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
      expect(groups.json).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' });
      const apps = groups.json.groups.find((each: { name: string }) => each.name === 'apps');
      expect(apps).toEqual({
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      });
      expect((await client().get('/apis/apps')).json).toEqual({
        kind: 'APIGroup',
        apiVersion: 'v1',
        ...apps,
      });
    });

    it('lists the resources of a version with subresources as entries of their own', async () => {
      const { json } = await client().get('/apis/apps/v1');

      expect(json).toMatchObject({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'apps/v1' });
      const named = (name: string) => json.resources.find((each: { name: string }) => each.name === name);
      expect(named('deployments')).toMatchObject({
        kind: 'Deployment',
        namespaced: true,
        shortNames: ['deploy'],
        verbs: expect.arrayContaining(['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']),
      });
      expect(named('deployments/status')).toMatchObject({ verbs: ['get', 'patch', 'update'] });
      expect(named('deployments/scale')).toMatchObject({
        group: 'autoscaling',
        version: 'v1',
        kind: 'Scale',
      });
    });

    it('serves the same resources in the aggregated form, one request for all groups', async () => {
      if (!client().since(30)) return;
      const answer = await client().get('/apis', { headers: { accept: `${aggregated},application/json` } });

      expect(answer.headers['content-type']).toBe(aggregated);
      expect(answer.json).toMatchObject({
        kind: 'APIGroupDiscoveryList',
        apiVersion: 'apidiscovery.k8s.io/v2',
      });
      const apps = answer.json.items.find(
        (each: { metadata: { name: string } }) => each.metadata.name === 'apps',
      );
      expect(apps.versions).toHaveLength(1);
      expect(apps.versions[0]).toMatchObject({ version: 'v1', freshness: 'Current' });
      const legacy = await client().get('/apis/apps/v1');
      const namesOfLegacy = legacy.json.resources.map((each: { name: string }) => each.name);
      const namesOfAggregated = apps.versions[0].resources.flatMap(
        (each: { resource: string; subresources?: { subresource: string }[] }) => [
          each.resource,
          ...(each.subresources ?? []).map(({ subresource }) => `${each.resource}/${subresource}`),
        ],
      );
      expect(namesOfAggregated.sort()).toEqual(namesOfLegacy.sort());
    });

    it('serves core resources in the aggregated form below /api, with an unnamed group', async () => {
      if (!client().since(30)) return;
      const { json } = await client().get('/api', { headers: { accept: aggregated } });

      expect(json.items).toHaveLength(1);
      expect(json.items[0].metadata).toEqual({});
      const pods = json.items[0].versions[0].resources.find(
        (each: { resource: string }) => each.resource === 'pods',
      );
      expect(pods).toMatchObject({
        responseKind: { group: '', version: '', kind: 'Pod' },
        scope: 'Namespaced',
        singularResource: 'pod',
        shortNames: ['po'],
        categories: ['all'],
      });
    });

    it('serves every built-in kind of its release, as the table of the sandbox has it', async () => {
      if (!builtInVersion.startsWith(`v${client().version.join('.')}.`)) return;
      const found: string[] = [];
      for (const path of ['/api', '/apis']) {
        const { json } = await client().get(path, { headers: { accept: aggregated } });
        for (const group of json.items as DiscoveredGroup[]) {
          for (const { version, resources } of group.versions) {
            for (const each of resources) {
              const { resource, responseKind, scope, verbs, shortNames = [], categories = [] } = each;
              const subresources = (each.subresources ?? []).map((sub) => [
                sub.subresource,
                sub.responseKind.kind,
                sub.verbs,
              ]);
              const row = [group.metadata.name ?? '', version, resource, responseKind.kind, scope, verbs];
              found.push(JSON.stringify([...row, shortNames, categories, subresources]));
            }
          }
        }
      }

      const table = readBuiltInKinds().map((each) =>
        JSON.stringify([
          each.group,
          each.version,
          each.resource,
          each.kind,
          each.namespaced ? 'Namespaced' : 'Cluster',
          each.verbs,
          each.shortNames,
          each.categories,
          each.subresources.map(({ name, responseKind, verbs }) => [name, responseKind.kind, verbs]),
        ]),
      );
      expect(found).toEqual(table);
    });

    it('names horizontalpodautoscalers v2 before v1, the preferred version first', async () => {
      if (!client().since(26)) return;
      const { json } = await client().get('/apis/autoscaling');

      expect(json.versions.map((each: { version: string }) => each.version)).toEqual(['v2', 'v1']);
      expect(json.preferredVersion.version).toBe('v2');
    });

    it('answers 404 to an unknown group in text, to an unknown resource in a Status', async () => {
      const group = await client().get('/apis/nowhere.example.com/v1/things');
      const resource = await client().get('/api/v1/nothings');

      expect(group.status).toBe(404);
      expect(group.text).toBe('404 page not found\n');
      expect(resource.status).toBe(404);
      expect(resource.json).toMatchObject({
        message: 'the server could not find the requested resource',
        reason: 'NotFound',
        code: 404,
      });
    });
  });
};

interface DiscoveredGroup {
  metadata: { name?: string };
  versions: {
    version: string;
    resources: {
      resource: string;
      responseKind: { kind: string };
      scope: string;
      verbs: string[];
      shortNames?: string[];
      categories?: string[];
      subresources?: { subresource: string; responseKind: { kind: string }; verbs: string[] }[];
    }[];
  }[];
}
