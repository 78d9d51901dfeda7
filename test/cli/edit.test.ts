import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { replicationCommand } from '../../cli/commands/replication';
import { editorOf } from '../../cli/editor';
import { minute } from '../shared/operations/runs/fixtures';
import { start } from './command-in-memory';

const often = 'create often --schedule 6h30m --cluster a --include-namespaces shop';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Each round of a person at the editor; what was shown, and whether the file is left in the end. */
async function edited(...rounds: ((text: string) => string)[]) {
  const made = await start();
  const shown: string[] = [];
  const file = { removed: false };
  made.line.openEditor = async (name) => ({
    path: `/folder/${name}`,
    async edit(text) {
      shown.push(text);
      const round = rounds.shift();
      if (!round) throw new Error('was asked once more');
      return round(text);
    },
    async remove() {
      file.removed = true;
    },
  });
  await made.run(often);
  return { ...made, shown, file };
}

const later = (text: string) => text.replace('6h30m', '7h');
const wrong = (text: string) => text.replace('6h30m', 'whenever');

describe('lifeboat schedule edit, in an editor', () => {
  it('shows the manifest, checks what was made of it and stores it', async () => {
    const { run, spec, shown, file, clock } = await edited(later);
    const before = await spec('often');
    await clock.advance(minute);
    const { out } = await run('edit often');
    expect(out).toBe('Schedule often changed: "7h" UTC, cluster a\n');
    expect(shown[0]).toMatch(/^# Edit schedule "often" below.*\n#.*\nkind: Schedule\n/);
    expect(await spec('often')).toEqual({ ...before, schedule: '7h', resumedAt: '2026-11-22T10:01:00Z' });
    expect(file.removed).toBe(true);
  });

  it.each<[string, (text: string) => string]>([
    ['as it was shown', (text) => text],
    ['empty', () => '# nothing\n'],
    ['with other words for the same', (text) => text.replace('timeZone: UTC\n', 'timeZone: "UTC"\n')],
  ])('changes nothing when the file is saved %s', async (_, round) => {
    const { run, bucket, spec, file } = await edited(round);
    const before = [await spec('often'), bucket.keys().length];
    expect((await run('edit often')).notes).toBe('Schedule often is as it was.\n');
    expect([await spec('often'), bucket.keys().length]).toEqual(before);
    expect(file.removed).toBe(true);
  });

  it('shows again what cannot be stored, with the reason', async () => {
    const { run, spec, shown } = await edited(
      wrong,
      (text) => `${text}\n  : [`,
      (text) => text.replace('\n  : [', '').replace('whenever', '8h'),
    );
    await run('edit often');
    expect(shown[1]).toMatch(/^# schedule "whenever" is neither an interval nor has five fields\n# write/);
    expect(shown[2]).toMatch(/^# schedule "often" is not YAML in line \d+/);
    expect(shown[2]).not.toContain('# schedule "whenever"');
    expect((await spec('often')).schedule).toBe('8h');
  });

  it('ends with the reason, and keeps what was written, when the person gives up', async () => {
    const { run, spec, file, line } = await edited(wrong, (text) => text);
    const notes: string[] = [];
    line.screen.note = (text) => void notes.push(text);
    const before = await spec('often');
    await expect(run('edit often')).rejects.toThrow('neither an interval nor');
    expect(notes).toEqual(['What you wrote is kept in /folder/often.yaml']);
    expect([await spec('often'), file.removed]).toEqual([before, false]);
  });

  it.each([
    ['another name', (text: string) => text.replace('name: often', 'name: rare'), 'metadata.name is "rare"'],
    [
      'another start',
      (text: string) => text.replace(/startAt: .*/, "startAt: '2020-01-01T00:00:00Z'"),
      'spec.startAt is set by Lifeboat',
    ],
    ['a field that is none', (text: string) => `${text}  colour: red\n`, 'spec.colour is not a known field'],
    ['a vault that is none', (text: string) => text.replace('vault: main', 'vault: gone'), 'no vault "gone"'],
  ])('stores nothing with %s', async (_, round, fault) => {
    const { run, spec } = await edited(round, (text) => text);
    const before = await spec('often');
    await expect(run('edit often')).rejects.toThrow(fault);
    expect(await spec('often')).toEqual(before);
  });

  it('does not write over what somebody else has changed meanwhile', async () => {
    const { run, spec, state, line } = await edited();
    line.openEditor = async () => ({
      path: 'x',
      async edit(text) {
        await state.schedules.change('often', (now) => ({ ...now, spec: { ...now.spec, jitter: '5m' } }));
        return later(text);
      },
      remove: async () => {},
    });
    await expect(run('edit often')).rejects.toThrow('was changed by somebody else meanwhile');
    expect(await spec('often')).toMatchObject({ schedule: '6h30m', jitter: '5m0s' });
  });
});

describe('lifeboat schedule edit -f', () => {
  it('takes what `get` prints, changed, or a file that leaves out what Lifeboat sets', async () => {
    const { run, spec } = await start();
    await run(often);
    const file = join(folder, 'often.yaml');
    const before = await spec('often');
    writeFileSync(file, later((await run('get often -o yaml')).out));
    await run(`edit often -f ${file}`);
    expect(await spec('often')).toEqual({ ...before, schedule: '7h', resumedAt: '2026-11-22T10:00:00Z' });
    const kept = {
      kind: 'Schedule',
      metadata: { name: 'often' },
      spec: { schedule: '8h', clusters: ['b'], vault: 'main', template: { includedNamespaces: ['web'] } },
    };
    writeFileSync(file, JSON.stringify(kept));
    await run(`edit often -f ${file}`);
    expect(await spec('often')).toMatchObject({ ...kept.spec, startAt: before.startAt });
    expect((await run(`edit often -f ${file}`)).notes).toBe('Schedule often is as it was.\n');
  });

  it('refuses what `get` printed before somebody else changed it; what is kept in git replaces what there is', async () => {
    const { run, spec } = await start();
    await run(often);
    const file = join(folder, 'old.yaml');
    const printed = later((await run('get often -o yaml')).out);
    writeFileSync(file, printed);
    await run('pause often');
    await expect(run(`edit often -f ${file}`)).rejects.toThrow(
      'schedule "often" was changed since this text was taken',
    );
    expect(await spec('often')).toMatchObject({ schedule: '6h30m', paused: true });
    writeFileSync(file, printed.slice(0, printed.indexOf('\nstatus:')));
    await run(`edit often -f ${file}`);
    expect(await spec('often')).toMatchObject({ schedule: '7h', paused: false });
  });

  it('by flags changes nothing but what they say, whatever somebody else changes meanwhile', async () => {
    const { run, spec, state, bucket } = await start();
    await run(often);
    bucket.before = async (operation, key) => {
      if (operation !== 'create' || !key.endsWith('schedules/often.2.json')) return;
      bucket.before = () => {};
      await state.schedules.change('often', ({ spec: now, ...rest }) => ({
        ...rest,
        spec: { ...now, paused: true, template: { ...now.template, ttl: '48h0m0s' } },
      }));
    };
    await run('edit often --jitter 5m --include-namespaces bank');
    expect(await spec('often')).toMatchObject({
      paused: true,
      jitter: '5m0s',
      template: { ttl: '48h0m0s', includedNamespaces: ['bank'] },
    });
  });

  it('refuses a file together with flags, and one that is not there', async () => {
    const { run } = await start();
    await run(often);
    await expect(run('edit often -f x.yaml --jitter 5m')).rejects.toThrow('both a file and what to change');
    await expect(run(`edit often -f ${join(folder, 'none')}`)).rejects.toThrow('cannot be read');
  });
});

describe('lifeboat replication edit', () => {
  const create = 'create standby --from a --to b --policy seed';

  it('stores what was made of a rule, in an editor or by a file', async () => {
    const { run, state, line } = await edited((text) => text.replace('policy: seed', 'policy: mirror'));
    await run(create, replicationCommand);
    const { out } = await run('edit standby', replicationCommand);
    expect(out).toBe('Replication standby changed: backups of a in vault main → b (mirror)\n');
    const file = join(folder, 'standby.yaml');
    const { out: manifest } = await run('get standby -o yaml', replicationCommand);
    writeFileSync(
      file,
      manifest
        .replace('policy: mirror', 'policy: mirror\n  paused: true')
        .replace(/^ {2}paused: false\n/m, ''),
    );
    await run(`edit standby -f ${file}`, replicationCommand);
    expect((await state.replications.get('standby')).spec).toMatchObject({ policy: 'mirror', paused: true });
    line.openEditor = undefined;
    await expect(run('edit standby', replicationCommand)).rejects.toThrow('nothing is to be changed');
  });

  it.each([
    ['targets its own source', 'targets:\n    - b', 'targets:\n    - a', 'has its source among its targets'],
    ['names a cluster that is none', 'targets:\n    - b', 'targets:\n    - z', 'no cluster "z"'],
    ['closes a loop', 'targets:\n    - b', 'targets:\n    - b\n    - c', 'closes a loop'],
  ])('refuses a rule that %s', async (_, from, to, fault) => {
    const { run, state } = await edited(
      (text) => text.replace(from, to),
      (text) => text,
    );
    const { spec } = await state.clusters.get('a');
    await state.clusters.create({ kind: 'Cluster', metadata: { name: 'c' }, spec });
    await run('create back --from c --to a --policy seed', replicationCommand);
    await run(create, replicationCommand);
    const before = await state.replications.get('standby');
    await expect(run('edit standby', replicationCommand)).rejects.toThrow(fault);
    expect(await state.replications.get('standby')).toEqual(before);
  });
});

describe('the editor of a terminal', () => {
  const terminal = (env: Record<string, string>, isTTY = false) =>
    editorOf({ env, stdin: { isTTY }, stdout: { isTTY } } as unknown as NodeJS.Process);

  it('is the program that the environment names, with its arguments', async () => {
    const program = join(folder, 'append me.sh');
    writeFileSync(program, '#!/bin/sh\nprintf %s "$1" >> "$2"\n', { mode: 0o755 });
    const file = (await terminal({ EDITOR: 'false', VISUAL: `'${program}' more` })('a.yaml'))!;
    expect(await file.edit('some ')).toBe('some more');
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(readFileSync(file.path, 'utf8')).toBe('some more');
    await file.remove();
    expect(existsSync(dirname(file.path))).toBe(false);
  });

  it('that fails says so, and there is none without a terminal', async () => {
    const file = (await terminal({ EDITOR: 'exit 3;' })('a.yaml'))!;
    await expect(file.edit('some')).rejects.toThrow('the editor `exit 3;` ended with 3');
    await file.remove();
    expect(await terminal({})('a.yaml')).toBeUndefined();
  });
});
