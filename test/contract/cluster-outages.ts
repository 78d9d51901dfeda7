import { afterEach, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';
import type { RawAnswer } from './cluster-client';

export const outageCases: Cases = (client) => {
  describe('parts of the cluster that do not answer', () => {
    const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices';
    const dead = 'v1beta1.dead.example.com';

    afterEach(async () => {
      await client().delete(`${webhooks}/contract`);
      await client().delete(`${apiServices}/${dead}`);
    });

    const post = (ns: string, name: string, query = '') =>
      client().post(`${ns}/configmaps${query}`, { metadata: { name } });

    const webhook = (failurePolicy: string) => ({
      metadata: { name: 'contract' },
      webhooks: [
        {
          name: 'check.contract.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy,
          clientConfig: { service: { namespace: 'gone', name: 'backend', path: '/check' } },
          rules: [
            { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
          ],
          namespaceSelector: { matchLabels: { guarded: 'yes' } },
        },
      ],
    });

    it('a webhook with failurePolicy Fail refuses what its rules and selectors match with 500', async () => {
      const guarded = await client().namespace('guarded');
      const free = await client().namespace('unguarded');
      await client().merge('/api/v1/namespaces/guarded', { metadata: { labels: { guarded: 'yes' } } });
      await client().post(webhooks, webhook('Fail'));
      let answer: RawAnswer | undefined;
      // A new configuration is followed after a moment.
      for (let tries = 0; tries < 100 && answer?.status !== 500; tries += 1) {
        answer = await post(guarded, `try-${tries}`);
      }

      expect(answer?.status).toBe(500);
      expect(answer?.json.reason).toBe('InternalError');
      expect(answer?.json.message).toContain(
        'Internal error occurred: failed calling webhook "check.contract.example.com": ',
      );
      expect(answer?.json.message).toContain('https://backend.gone.svc:443/check?timeout=10s');
      expect(answer?.json.message).toContain('service "backend" not found');
      expect((await post(guarded, 'dry', '?dryRun=All')).status).toBe(500);
      expect((await post(free, 'passes')).status).toBe(201);
      expect((await client().post(`${guarded}/secrets`, { metadata: { name: 'other' } })).status).toBe(201);
      await client().delete(`${webhooks}/contract`);
      for (let tries = 0; tries < 100 && answer?.status !== 201; tries += 1) {
        answer = await post(guarded, `after-${tries}`);
      }
      expect(answer?.status).toBe(201);
    }, 60_000);

    it('a webhook with failurePolicy Ignore lets everything pass', async () => {
      const ns = await client().namespace('ignored');
      await client().merge('/api/v1/namespaces/ignored', { metadata: { labels: { guarded: 'yes' } } });
      await client().post(webhooks, webhook('Ignore'));

      expect((await post(ns, 'passes')).status).toBe(201);
    });

    it('an APIService without a backend leaves its group stale, and holds up namespaces that end', async () => {
      await client().namespace('behind');
      await client().post(apiServices, {
        metadata: { name: dead },
        spec: {
          group: 'dead.example.com',
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 10,
          insecureSkipTLSVerify: true,
          service: { namespace: 'gone', name: 'backend', port: 443 },
        },
      });
      const resources = await client().until(
        '/apis/dead.example.com/v1beta1',
        ({ status }) => status === 503,
      );
      const group = await client().get('/apis/dead.example.com');

      expect(resources.status).toBe(503);
      expect(group.json.versions).toEqual([{ groupVersion: 'dead.example.com/v1beta1', version: 'v1beta1' }]);
      if (client().since(30)) {
        const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
        const { json } = await client().get('/apis', { headers: { accept } });
        const stale = json.items.find(
          (each: { metadata: { name: string } }) => each.metadata.name === 'dead.example.com',
        );
        expect(stale.versions).toEqual([{ version: 'v1beta1', freshness: 'Stale' }]);
      }

      await client().delete('/api/v1/namespaces/behind');
      const held = await client().until(
        '/api/v1/namespaces/behind',
        ({ json }) =>
          json.status?.conditions?.some(
            (each: { type: string; status: string }) =>
              each.type === 'NamespaceDeletionDiscoveryFailure' && each.status === 'True',
          ),
        20,
      );
      expect(held.json.status.conditions).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            type: 'NamespaceDeletionDiscoveryFailure',
            status: 'True',
            reason: 'DiscoveryFailed',
            message: expect.stringContaining('dead.example.com/v1beta1'),
          }),
        ]),
      );
      await client().delete(`${apiServices}/${dead}`);
      const ended = await client().until('/api/v1/namespaces/behind', ({ status }) => status === 404, 60);
      expect(ended.status).toBe(404);
    }, 120_000);
  });
};
