import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PlannedObject } from '../../../../../shared/operations/restore/plan/planned-object';
import { PlanSpool } from '../../../../../shared/operations/restore/plan/plan-spool';

/** In the order in which Velero restores them, those that it does not name by their name. */
const resources = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'namespaces',
  'secrets',
  'configmaps',
  'pods',
  'deployments.apps',
  'widgets.example.com',
  'resourcequotas',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
];
const object = fc.record({
  action: fc.constant('create' as const),
  groupResource: fc.constantFrom(...resources),
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Any'),
  namespace: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
  name: fc.string({ minLength: 1, maxLength: 3 }),
});

describe('PlanSpool', () => {
  it('gives every object back once, in the order of a restore, however few it holds in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(object, { maxLength: 60 }), fc.nat(3_000), async (objects, limit) => {
        const directory = mkdtempSync(join(tmpdir(), 'lifeboat-spool-'));
        try {
          const spool = new PlanSpool(directory, limit);
          for (const one of objects) spool.add({ ...one });
          const found: PlannedObject[] = [];
          for await (const one of spool.inOrder()) found.push(one);
          const written = JSON.stringify(objects).length;
          expect(readdirSync(directory).length).toBeGreaterThanOrEqual(Math.floor(written / (limit + 300)));
          const key = ({ groupResource, namespace = '', name }: PlannedObject) =>
            `${resources.indexOf(groupResource)} ${namespace}\0${name}`;
          expect(found.map(key)).toEqual(objects.map(key).sort());
          const text = (one: object) => JSON.stringify(one);
          expect(found.map(text).sort()).toEqual(objects.map(text).sort());
        } finally {
          rmSync(directory, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  });
});
