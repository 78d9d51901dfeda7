import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import pc from 'picocolors';
import type { CommandLine } from '../../cli/command-line';
import { backupCommand } from '../../cli/commands/backup';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import type { Installation } from '../../shared/app/installation';
import { createRequest } from '../../shared/formats/state/run/requests';
import { systemClock } from '../../shared/platform/system';
import { BackupRig, connected } from '../shared/operations/backup/backup-rig';

let rig: BackupRig;
let sandbox: SandboxCluster;
const state = () => rig.store('state-bucket', 'state/');

beforeAll(async () => {
  rig = await BackupRig.start();
  sandbox = await startSandboxCluster({ name: 'a' });
  const cluster = await connected('a', sandbox.kubeconfig);
  await rig.backUp(cluster, 'shop-1', { includedNamespaces: ['default'] });
  cluster.close();
  await createRequest(state(), {
    kind: 'BackupRequest',
    metadata: { name: 'shop-1' },
    cluster: 'a',
    vault: 'main',
    spec: { includedNamespaces: ['default'] },
  });
});
afterAll(async () => {
  await sandbox?.close();
  await rig?.stop();
});

/** `lifeboat backup verify shop-1`, with the rig's vault as the only one. */
async function verify(...flags: string[]): Promise<{ code: number; out: string; notes: string[] }> {
  const seen = { code: 0, out: '', notes: [] as string[] };
  const manifest = { kind: 'Vault', metadata: { name: 'main' }, spec: {} };
  const vaults = { list: async () => ({ items: [manifest] }), get: async () => manifest };
  const installation = {
    settings: {},
    state: { vaults, store: state() },
    openVaultStore: () => rig.vault,
  } as unknown as Installation;
  const line: CommandLine = {
    screen: {
      out: (text) => {
        seen.out += `${text}\n`;
      },
      note: (text) => void seen.notes.push(text),
      live: false,
      colors: pc.createColors(false),
    },
    clock: systemClock,
    open: async () => installation,
    exitWith: (code) => {
      seen.code = code;
    },
  };
  await backupCommand(line).parseAsync(['verify', 'shop-1', ...flags], { from: 'user' });
  return seen;
}

describe('lifeboat backup verify', () => {
  it('shows each part of a whole backup as proved, and says how far it is', async () => {
    const { code, out, notes } = await verify();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Name: +shop-1\nVault: +main\nWritten by: +Lifeboat\nOrigin: +proved: this installation committed it\nRead: +\d+ objects, /,
    );
    expect(out).toMatch(/^velero-backup\.json +proved +-$/m);
    expect(out).toMatch(/^shop-1\.tar\.gz +proved +-$/m);
    expect(out).toMatch(
      /^Verdict:\n {2}whole: every object is what was written \(this installation committed it\)$/m,
    );
    expect(notes[0]).toMatch(/^backup shop-1: Verifying 1\/\d+$/);
  });

  it('tells three verdicts by the exit code: with --require-proof 9 for what is not provable', async () => {
    const key = 'backups/shop-1/shop-1-more.json.gz';
    await rig.vault.put(key, Buffer.from('x'));
    try {
      expect(await verify()).toMatchObject({ code: 0, out: expect.stringMatching(/not provable/) });
      const strict = await verify('--require-proof', '-o', 'json');
      expect([strict.code, JSON.parse(strict.out).proof]).toEqual([9, 'unprovable']);
    } finally {
      await rig.vault.delete([key]);
    }
    expect((await verify('--require-proof')).code).toBe(0);
  });

  it('ends with 9 for a backup of a run that the state does not know to be committed', async () => {
    const commit = 'runs/backups/shop-1/commit.json';
    const { body } = await state().get(commit);
    await state().delete([commit]);
    try {
      const { code, out } = await verify();
      expect(code).toBe(9);
      expect(out).toMatch(/^who wrote it +not provable +a run of this installation has its name/m);
      expect(out).toMatch(/^Verdict:\n {2}NOT PROVED: the bytes fit together/m);
    } finally {
      await state().create(commit, body);
    }
  });

  it('ends with 6 when a byte of it is another, and names the part and the remedy', async () => {
    const key = 'backups/shop-1/shop-1-volumeinfo.json.gz';
    const { body } = await rig.vault.get(key);
    const bytes = Buffer.from(body);
    bytes[4]! ^= 1;
    await rig.vault.put(key, bytes);
    const { code, out } = await verify('--vault', 'main');
    expect(code).toBe(6);
    expect(out).toMatch(/^shop-1-volumeinfo\.json\.gz +BROKEN +has another SHA-256$/m);
    expect(out).toMatch(/BROKEN in 1 of \d+ parts: restore the objects from a replica/);

    const document = load((await verify('-o', 'yaml')).out) as { proof: string; parts: object[] };
    expect(document.proof).toBe('broken');
    expect(document.parts).toContainEqual({ what: key, proof: 'broken', reason: 'has another SHA-256' });
    expect(JSON.parse((await verify('-o', 'json')).out)).toEqual(document);
  });
});
