import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import pc from 'picocolors';
import { backupCommand } from '../../cli/commands/backup';
import { restoreCommand } from '../../cli/commands/restore';
import { runCommand } from '../../cli/commands/run';
import { vaultCommand } from '../../cli/commands/vault';
import type { CommandLine } from '../../cli/command-line';
import { carryOutCopy } from '../../shared/app/runs/carry-out-copy';
import type { Installation } from '../../shared/app/installation';
import { createRequest } from '../../shared/formats/state/run/requests';
import { finishRun } from '../../shared/formats/state/run/results';
import { systemClock } from '../../shared/platform/system';
import { ResourceListBuilder } from '../../shared/formats/vault/side-files/resource-list';
import { restoreSideFiles } from '../../shared/formats/vault/side-files/side-files';
import { openAt, person, startRegion } from '../shared/app/vaults/vault-fixture';
import { commitOne } from '../shared/operations/retention/committed-backup';
import { completed } from '../shared/operations/runs/fixtures';

const teamKey = { accessKeyId: 'team-key', accessKeySecret: 'team-secret-1234' };
const secretVariable = 'LIFEBOAT_VAULT_ACCESS_KEY_SECRET';

let oss: Awaited<ReturnType<typeof startRegion>>;
let installation: Installation;
let folder: string;
const lines = { out: '', notes: '', code: 0 };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-vault-cli-'));
  oss = await startRegion('cn-hangzhou', {
    credentials: [person, teamKey],
    buckets: [{ name: 'state' }, { name: 'vault' }],
  });
  installation = await openAt(oss);
});
afterAll(async () => {
  await oss.stop();
  rmSync(folder, { recursive: true });
});

/** Runs `lifeboat <words>`; answers with what it printed. */
async function lifeboat(command: string): Promise<typeof lines> {
  Object.assign(lines, { out: '', notes: '', code: 0 });
  const line: CommandLine = {
    screen: {
      out: (text) => {
        lines.out += `${text}\n`;
      },
      note: (text) => {
        lines.notes += `${text}\n`;
      },
      live: false,
      colors: pc.createColors(false),
    },
    clock: systemClock,
    open: async () => installation,
    exitWith: (code) => {
      lines.code = code;
    },
  } as CommandLine;
  const [word, ...words] = command.split(' ');
  const made = { vault: vaultCommand, backup: backupCommand, run: runCommand, restore: restoreCommand }[
    word!
  ]!;
  await made(line)
    .exitOverride()
    .parseAsync(['node', 'lifeboat', ...words]);
  return { ...lines };
}

describe('lifeboat vault', () => {
  it('add prints the trigger as s.yaml takes it', async () => {
    const { out, notes } = await lifeboat('vault add main --bucket vault --subdirectory team');
    expect(out).toBe('Vault main added: oss://vault/team/ in cn-hangzhou, public network\n');
    const given = load(
      notes
        .split('\n')
        .filter((text) => text.startsWith('        '))
        .join('\n'),
    );
    const { resources } = load(readFileSync(join(__dirname, '../../s.yaml'), 'utf8')) as {
      resources: Record<string, { props: { triggers: { triggerType: string; triggerConfig: object }[] } }>;
    };
    const [there] = resources['cross-cluster-restore']!.props.triggers.filter(
      ({ triggerType }) => triggerType === 'oss',
    );
    // As the one that is there, for its own place.
    const expected = JSON.stringify({ ...there, triggerName: 'landed-main' })
      .replace(/\$\{vars\.vaultBucket\}/, 'vault')
      .replace(/\$\{vars\.vaultPrefix\}/, 'team/');
    expect(given).toEqual([JSON.parse(expected)]);
    expect(notes).toContain('hourly timer, up to 60 minutes late');
  });

  it('add takes the secret of a key from a file or the environment, and no command shows it', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, `${teamKey.accessKeySecret}\n`);
    const add = (name: string) =>
      `vault add ${name} --bucket vault --subdirectory ${name} --access-key-id team-key`;
    await lifeboat(`${add('theirs')} --access-key-secret-file ${file} --read-only`);
    process.env[secretVariable] = teamKey.accessKeySecret;
    try {
      await lifeboat(add('second'));
    } finally {
      delete process.env[secretVariable];
    }
    await expect(lifeboat(add('third'))).rejects.toMatchObject({
      kind: 'invalid',
      hint: expect.stringContaining('--access-key-secret-file'),
    });
    const shown = [
      await lifeboat('vault get'),
      await lifeboat('vault get theirs -o yaml'),
      await lifeboat('vault describe theirs'),
      await lifeboat('vault describe second -o json'),
    ].map(({ out }) => out);
    const { spec } = await installation.state.vaults.get('theirs');
    for (const text of shown) {
      expect(text).toContain('team-key');
      expect(text).not.toContain(teamKey.accessKeySecret);
      expect(text).not.toContain(spec.accessKey!.sealedSecret.ciphertext);
    }
    expect(shown[2]).toContain('ReadOnly: nothing is written or deleted');
    expect(shown[2]).toContain('by the hourly timer, up to 60 minutes late: it is read-only');
  });

  it('describe says what is found, and ends as that is', async () => {
    const ok = await lifeboat('vault describe main');
    expect(ok.out).toContain('the bucket lies in cn-hangzhou');
    expect(ok.out).toContain('warning: the bucket does not encrypt what it holds');
    expect(ok.code).toBe(0);
    await installation.state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'lost' },
      spec: { region: 'cn-hangzhou', bucket: 'gone-bucket' },
    });
    const lost = await lifeboat('vault describe lost');
    expect(lost.out).toContain('NoSuchBucket');
    expect(lost.code).toBe(3);
    await lifeboat('vault delete lost --yes');
  });

  it('delete asks first, and leaves the backups where they are', async () => {
    Object.defineProperty(process.stdin, 'isTTY', { value: false, configurable: true });
    await expect(lifeboat('vault delete second')).rejects.toMatchObject({
      hint: expect.stringContaining('--yes'),
    });
    expect((await lifeboat('vault delete second --yes')).out).toContain(
      'its backups are still at oss://vault/second/',
    );
    expect(await installation.state.vaults.find('second')).toBeUndefined();
  });
});

describe('lifeboat backup copy', () => {
  it('finds the backup, waits for the copy and tells how it ended', async () => {
    await lifeboat('vault add copies --bucket vault --subdirectory copies');
    const stores = { vault: await installation.openVault('main'), state: installation.state.store };
    await commitOne(stores, 'shop-1');
    const started = installation.dispatcher;
    installation.dispatcher = {
      async start(run) {
        void carryOutCopy(installation, run);
        return 'sent';
      },
    };
    const { out, notes, code } = await lifeboat('backup copy shop-1 --to copies --wait');
    installation.dispatcher = started;
    expect(notes).toContain('Copy of backup shop-1 from vault main to vault copies requested.');
    expect(out).toMatch(/^Copy shop-1-[0-9a-f]{10}: Completed \(\d+ bytes, 3 objects\)\n$/);
    expect(code).toBe(0);
    const name = /shop-1-[0-9a-f]{10}/.exec(out)![0];
    expect((await lifeboat(`run get copy/${name}`)).out).toContain(`copy/${name}`);
    expect((await lifeboat('backup copy shop-1 --from main --to copies')).notes).toContain(
      'was asked for already',
    );
  });

  it('is refused into a read-only vault, and for a backup that is not there', async () => {
    await expect(lifeboat('backup copy shop-1 --to theirs')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(lifeboat('backup copy nothing --to copies')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(lifeboat('backup copy shop-1 --from main --to main')).rejects.toMatchObject({
      kind: 'invalid',
    });
  });
});

describe('lifeboat restore describe', () => {
  it('shows what a restore from a read-only vault left in the state', async () => {
    const run = { kind: 'restores', name: 'back' } as const;
    await createRequest(installation.state.store, {
      kind: 'RestoreRequest',
      metadata: { name: 'back' },
      cluster: 'a',
      vault: 'theirs',
      spec: { backupName: 'shop-1' },
    });
    const report = installation.state.store.at('runs/restores/back/report/');
    const files = await restoreSideFiles('back', {
      logs: Buffer.alloc(0),
      results: { errors: {}, warnings: { velero: ['told in the state'] } },
      resourceList: new ResourceListBuilder(),
      volumeInfo: [],
    });
    for (const { key, bytes } of files) await report.put(key, bytes);
    await finishRun(installation.state.store, run, { ...completed, warnings: 1 });
    expect((await lifeboat('restore describe back')).out).toContain('told in the state');
  });
});
