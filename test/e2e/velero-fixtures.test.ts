import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { localBuckets, localRegion } from '../../local/one-machine';
import type { BackupDescription } from '../../shared/formats/vault/describe-backup';
import { type StartedMachine, startMachine } from '../harness/started-machine';

const root = join(__dirname, '../fixtures/velero');
const generations = readdirSync(root).filter((name) => existsSync(join(root, name, 'vault')));
const cases = generations.map((generation) => ({
  generation,
  // Names of vaults have no dots.
  vault: generation.replaceAll('.', '-'),
  files: join(root, generation, 'vault'),
  backups: readdirSync(join(root, generation, 'vault', 'backups')).sort(),
}));

interface Manifest {
  metadata: { name: string };
  status: {
    phase: string;
    expiration: string;
    errors?: number;
    warnings?: number;
    progress: { itemsBackedUp: number };
  };
}

describe('vaults written by real Velero servers, at the command line', () => {
  let started: StartedMachine;
  beforeAll(async () => {
    started = await startMachine();
    const { installation } = started.machine;
    for (const { vault, files } of cases) {
      const place = { region: localRegion, bucket: localBuckets.vault, subdirectory: `velero/${vault}` };
      const store = installation.openVaultStore({
        kind: 'Vault',
        metadata: { name: vault },
        spec: { ...place, networkType: 'public' },
      });
      for (const key of readdirSync(files, { recursive: true }) as string[]) {
        const path = join(files, key);
        if (statSync(path).isFile()) await store.put(key, readFileSync(path));
      }
    }
  }, 60_000);
  afterAll(() => started?.close());

  const manifestOf = (files: string, backup: string): Manifest =>
    JSON.parse(readFileSync(join(files, 'backups', backup, 'velero-backup.json'), 'utf8'));

  describe.each(cases)('$generation', ({ vault, files, backups }) => {
    it('is accepted as a vault, and every backup is listed as its manifest says', async () => {
      const place = ['--bucket', localBuckets.vault, '--subdirectory', `velero/${vault}`];
      expect(await started.lifeboat(['vault', 'add', vault, ...place])).toMatchObject({
        code: 0,
        err: expect.stringContaining(`prefix: velero/${vault}/backups/`),
      });
      const listed = await started.lifeboat(['backup', 'get', '--vault', vault, '-o', 'json']);
      expect(listed).toMatchObject({ code: 0, err: '' });
      const rows = (JSON.parse(listed.out) as { items: { name: string }[] }).items;
      const expected = backups.map((backup) => {
        const { metadata, status } = manifestOf(files, backup);
        return {
          name: metadata.name,
          vault,
          writer: 'velero',
          phase: status.phase,
          items: status.progress.itemsBackedUp,
          errors: status.errors ?? 0,
          warnings: status.warnings ?? 0,
          expiration: status.expiration,
        };
      });
      expect(rows.sort((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject(expected);

      const table = await started.lifeboat(['backup', 'get', '--vault', vault]);
      expect(table).toMatchObject({ code: 0, err: '' });
      for (const { name, phase, items } of expected) {
        expect(table.out).toMatch(new RegExp(`^${name} +${phase} +${items} `, 'm'));
      }
    }, 30_000);

    it.each(backups)(
      'describes %s and prints its log',
      async (backup) => {
        const name = ['--vault', vault];
        const { status } = manifestOf(files, backup);
        const kinds = JSON.parse(
          gunzipSync(
            readFileSync(join(files, 'backups', backup, `${backup}-resource-list.json.gz`)),
          ).toString(),
        ) as Record<string, string[]>;
        const log = gunzipSync(readFileSync(join(files, 'backups', backup, `${backup}-logs.gz`))).toString();

        const [text, yaml, printed] = await Promise.all([
          started.lifeboat(['backup', 'describe', backup, ...name]),
          started.lifeboat(['backup', 'describe', backup, ...name, '-o', 'yaml']),
          started.lifeboat(['backup', 'logs', backup, ...name]),
        ]);
        expect(text).toMatchObject({ code: 0, err: '' });
        expect(text.out).toMatch(new RegExp(`^Phase: +${status.phase}$`, 'm'));
        expect(text.out).toMatch(new RegExp(`^Items: +${status.progress.itemsBackedUp}$`, 'm'));
        expect(text.out).not.toContain('Cannot be read');
        for (const [kind, names] of Object.entries(kinds)) {
          expect(text.out).toContain(`\n  ${kind}: ${names.length}\n`);
        }
        expect(yaml).toMatchObject({ code: 0, err: '' });
        const description = load(yaml.out) as BackupDescription;
        expect(description).toMatchObject({ writer: 'velero', problems: [], resourceList: kinds });
        expect(printed).toEqual({ code: 0, err: '', out: log });

        const volumes = JSON.parse(
          gunzipSync(readFileSync(join(files, 'backups', backup, `${backup}-volumeinfo.json.gz`))).toString(),
        ) as
          | { pvcNamespace: string; pvcName: string; backupMethod?: string; skippedReason?: string }[]
          | null;
        for (const { pvcNamespace, pvcName, backupMethod, skippedReason } of volumes ?? []) {
          const line = text.out.split('\n').find((one) => one.startsWith(`  ${pvcNamespace}/${pvcName}: `));
          if (backupMethod === undefined)
            expect(line).toContain(`: data not in the backup: ${skippedReason}`);
          else
            expect(line).toMatch(
              new RegExp(
                `: ${backupMethod}, succeeded,.* in \\d+ s(; Lifeboat does not restore its data yet)?$`,
              ),
            );
        }
      },
      30_000,
    );

    it.each(backups)(
      'verifies %s and says what cannot be proved of it',
      async (backup) => {
        const { code, out } = await started.lifeboat(['backup', 'verify', backup, '--vault', vault]);
        expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/Velero stores no checksums/) });
        expect(out).not.toContain('BROKEN');
      },
      30_000,
    );
  });

  it('hides no fault: a log cut short ends with an error and its exit code', async () => {
    const { vault, files, backups } = cases[0]!;
    const [backup] = backups;
    const store = await started.machine.installation.openVault(vault);
    const key = `backups/${backup}/${backup}-logs.gz`;
    const whole = readFileSync(join(files, key));
    await store.put(key, whole.subarray(0, whole.length / 2));
    const { code, err } = await started.lifeboat(['backup', 'logs', backup!, '--vault', vault]);
    expect({ code, err }).toEqual({ code: 6, err: expect.stringMatching(/^error: .*-logs\.gz/) });
    const verified = await started.lifeboat(['backup', 'verify', backup!, '--vault', vault]);
    expect(verified).toMatchObject({ code: 6, out: expect.stringMatching(/-logs\.gz +BROKEN +\S/) });
    await store.put(key, whole);
  }, 30_000);
});
