import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { applyCommand } from '../../cli/commands/apply';
import { replicationCommand } from '../../cli/commands/replication';
import { scheduleCommand } from '../../cli/commands/schedule';
import { start } from './command-in-memory';

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-apply-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'manifests.yaml');

const manifests = (time: string) => `
kind: Schedule
metadata: {name: nightly, labels: {team: shop}}
spec:
  schedule: "${time}"
  clusters: [a]
  vault: main
  template: {includedNamespaces: [shop]}
---
kind: Replication
metadata: {name: standby}
spec: {source: {vault: main, cluster: a}, targets: [b], policy: seed}
`;

describe('apply', () => {
  it('makes, changes and leaves alone until it is as the file says', async () => {
    const { run, bucket, spec } = await start();
    writeFileSync(file, manifests('0 2 * * *'));
    const before = bucket.keys();
    const dry = await run(`-f ${file} --dry-run`, applyCommand);
    expect(dry.out).toBe('schedule/nightly created (dry run)\nreplication/standby created (dry run)\n');
    expect(bucket.keys()).toEqual(before);
    expect((await run(`-f ${file}`, applyCommand)).out).toBe(
      'schedule/nightly created\nreplication/standby created\n',
    );
    const { startAt } = await spec('nightly');
    expect((await run(`-f ${file}`, applyCommand)).out).toBe(
      'schedule/nightly unchanged\nreplication/standby unchanged\n',
    );
    writeFileSync(file, manifests('0 3 * * *'));
    await run(`-f ${file} --dry-run`, applyCommand);
    expect((await spec('nightly')).schedule).toBe('0 2 * * *');
    expect((await run(`-f ${file}`, applyCommand)).out).toContain('schedule/nightly configured');
    expect(await spec('nightly')).toMatchObject({ schedule: '0 3 * * *', startAt });
  });

  it('takes what get prints', async () => {
    const { run } = await start();
    writeFileSync(file, manifests('0 2 * * *'));
    await run(`-f ${file}`, applyCommand);
    for (const name of ['', 'nightly']) {
      writeFileSync(file, (await run(`get ${name} -o yaml`, scheduleCommand)).out);
      expect((await run(`-f ${file}`, applyCommand)).out).toBe('schedule/nightly unchanged\n');
    }
  });

  it('refuses what get printed before somebody else changed it', async () => {
    const { run, spec } = await start();
    writeFileSync(file, manifests('0 2 * * *'));
    await run(`-f ${file}`, applyCommand);
    const printed = (await run('get nightly -o yaml', scheduleCommand)).out;
    writeFileSync(file, printed.replace('0 2 * * *', '0 3 * * *'));
    await run('pause nightly', scheduleCommand);
    for (const flags of ['', ' --dry-run'])
      await expect(run(`-f ${file}${flags}`, applyCommand)).rejects.toThrow(
        'schedule "nightly" was changed since this text was taken',
      );
    expect(await spec('nightly')).toMatchObject({ schedule: '0 2 * * *', paused: true });
  });

  it('brings nothing back that somebody deleted after get printed it', async () => {
    const { run, installation } = await start();
    writeFileSync(file, manifests('0 2 * * *'));
    await run(`-f ${file}`, applyCommand);
    const schedule = (await run('get nightly -o yaml', scheduleCommand)).out;
    const rule = (await run('get -o yaml', replicationCommand)).out;
    await run('delete nightly', scheduleCommand);
    await run('delete standby', replicationCommand);
    const gone = [
      ['schedule "nightly"', schedule],
      ['replication "standby"', rule],
    ] as const;
    for (const [what, text] of gone) {
      writeFileSync(file, text);
      for (const flags of ['', ' --dry-run']) {
        await expect(run(`-f ${file}${flags}`, applyCommand)).rejects.toMatchObject({
          kind: 'conflict',
          message: `there is no ${what} any more from which this text was taken`,
          hint: expect.stringContaining('remove status'),
        });
      }
    }
    expect(await installation.state.schedules.find('nightly')).toBeUndefined();
    expect(await installation.state.replications.find('standby')).toBeUndefined();
    writeFileSync(file, schedule.replace(/^status:[\s\S]*/m, ''));
    expect((await run(`-f ${file}`, applyCommand)).out).toBe('schedule/nightly created\n');
  });

  it.each<[string, string, string]>([
    ['nothing', '---\n', 'there is no manifest'],
    ['what is no manifest', 'a: 1', 'this is no manifest'],
    [
      'a kind that is added otherwise',
      'kind: Cluster\nmetadata: {name: c}\nspec: {}',
      'Cluster cannot be applied',
    ],
    [
      'a kind of JavaScript',
      'kind: constructor\nmetadata: {name: c}\nspec: {}',
      'constructor cannot be applied',
    ],
    [
      'a wrong field',
      manifests('0 2 * * *').replace('vault: main\n', 'vault: main\n  vaults: main\n'),
      'vaults is not a known field',
    ],
    [
      'what is not there',
      manifests('0 2 * * *').replace('vault: main\n', 'vault: other\n'),
      'there is no vault "other"',
    ],
    ['no YAML', 'a: [', 'is not YAML'],
  ])('refuses %s', async (_, text, message) => {
    const { run, bucket } = await start();
    writeFileSync(file, text);
    const before = bucket.keys();
    for (const more of ['', '--dry-run'])
      await expect(run(`-f ${file} ${more}`, applyCommand)).rejects.toThrow(message);
    expect(bucket.keys()).toEqual(before);
  });
});
