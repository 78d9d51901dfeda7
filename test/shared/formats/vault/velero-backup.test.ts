import { describe, expect, it } from '@jest/globals';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';
import { parseBackup } from '../../../../shared/formats/vault/backup-manifest';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { type BackupFacts, encodeBackup, veleroBackup } from '../../../../shared/formats/vault/velero-backup';
import { fixtureVaults } from './fixture-vaults';

const current = fixtureVaults().find(({ server }) => server.startsWith('v1.18.3'));

function facts(changes: Partial<BackupFacts> = {}): BackupFacts {
  return {
    name: 'x',
    uid: 'u',
    spec: {},
    storageLocation: 'default',
    serverVersion: { gitVersion: 'v1.37.2', major: '1', minor: '37' },
    startTimestamp: new Date('2026-11-22T20:58:19.900Z'),
    completionTimestamp: new Date('2026-11-22T20:58:26Z'),
    phase: 'Completed',
    errors: 0,
    warnings: 0,
    items: 85,
    expires: true,
    ...changes,
  };
}

/** What was asked for each of the fixtures (its README), before the server filled anything in. */
const asked: Record<string, BackupSpec> = {
  'shop-fs': {
    metadata: { labels: { purpose: 'fixture' } },
    includedNamespaces: ['shop', 'shop-jobs'],
    snapshotVolumes: false,
    ttl: '720h',
  },
  'shop-labels': { labelSelector: { matchLabels: { app: 'web' } } },
  everything: { includedNamespaces: ['*'], includeClusterResources: true, snapshotVolumes: false },
  scoped: {
    includedNamespaces: ['shop'],
    includedClusterScopedResources: ['*'],
    includedNamespaceScopedResources: ['configmaps', 'secrets', 'coupons.shop.example.com'],
    snapshotVolumes: false,
  },
};

describe('velero-backup.json beside those of Velero 1.18.3', () => {
  it.each(Object.entries(asked))(
    'is that of %s to the byte, but for what only an API server adds',
    async (name, spec) => {
      const { body } = await current!.store.get(backupKeys(name).manifest);
      const theirs = JSON.parse(body.toString());
      const ours = veleroBackup(
        facts({
          name,
          uid: theirs.metadata.uid,
          spec,
          startTimestamp: new Date(theirs.status.startTimestamp),
          completionTimestamp: new Date(theirs.status.completionTimestamp),
          items: theirs.status.progress.totalItems,
        }),
      );
      for (const field of ['resourceVersion', 'generation', 'managedFields']) delete theirs.metadata[field];
      // Hooks of the fixture's pods were run; ours are not.
      theirs.status.hookStatus = {};
      expect(encodeBackup(ours).toString()).toBe(JSON.stringify(theirs, null, 2));
    },
  );

  it("has what is Lifeboat's in annotations, and nothing of it in the spec", () => {
    const resourcePolicies = { version: 'v1', includeExcludePolicy: {} };
    const spec = { allApiVersions: true, resourcePolicies, includedNamespacesByLabel: ['team=shop'] };
    const { metadata, spec: kept } = veleroBackup(facts({ spec }));
    expect(metadata.annotations).toMatchObject({
      'lifeboat/all-api-versions': 'true',
      'lifeboat/resource-policies': '{"version":"v1","includeExcludePolicy":{}}',
      'lifeboat/included-namespaces-by-label': '["team=shop"]',
    });
    for (const field of Object.keys(spec)) expect(kept).not.toHaveProperty(field);
  });

  it('ends and escapes as theirs does', async () => {
    const { body } = await current!.store.get(backupKeys('partial').manifest);
    const hooks = JSON.parse(body.toString()).spec.hooks;
    expect(body.toString()).toMatch(/echo no disk \\u003e\\u00262.*\}$/s);
    const text = encodeBackup(veleroBackup(facts({ spec: { hooks } }))).toString();
    expect(text).toMatch(/echo no disk \\u003e\\u00262.*\}$/s);
  });
});

describe('velero-backup.json', () => {
  it('expires by its TTL from the start, or never', () => {
    expect(veleroBackup(facts({ spec: { ttl: '1h30m' } })).status.expiration).toBe('2026-11-22T22:28:19Z');
    expect(veleroBackup(facts({ spec: { ttl: '1h30m' } })).spec.ttl).toBe('1h30m0s');
    expect('expiration' in veleroBackup(facts({ expires: false })).status).toBe(false);
  });

  it('counts what went wrong', () => {
    const { status } = veleroBackup(facts({ phase: 'PartiallyFailed', errors: 2, warnings: 1 }));
    expect(status).toMatchObject({
      phase: 'PartiallyFailed',
      errors: 2,
      warnings: 1,
      version: 1,
      formatVersion: '1.1.0',
    });
    expect(Object.keys(veleroBackup(facts()).status)).not.toEqual(expect.arrayContaining(['errors']));
  });

  it('is read back as it was written', () => {
    const backup = veleroBackup(facts({ spec: { labelSelector: { matchLabels: { a: '<&>' } } } }));
    expect(parseBackup('x', encodeBackup(backup))).toEqual(backup);
  });

  it('does not take a TTL that is none', () => {
    expect(() => veleroBackup(facts({ spec: { ttl: 'a month' } }))).toThrow('"a month" is not a duration');
  });
});
