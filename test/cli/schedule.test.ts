import { scheduledRequest } from '../../shared/operations/schedule/scheduled-request';
import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { clusterCommand } from '../../cli/commands/cluster';
import { finishRun } from '../../shared/formats/state/run/results';
import { completed, minute } from '../shared/operations/runs/fixtures';
import { start } from './command-in-memory';

const often = 'create often --schedule 6h30m --cluster a --include-namespaces shop';

describe('lifeboat schedule', () => {
  it('create says with flags everything that a schedule can say', async () => {
    const { run, spec } = await start();
    const { out } = await run(
      'create nightly --schedule "0 2 * * *" --time-zone Asia/Shanghai --cluster-selector env=live --vault main ' +
        '--missed-run skip --concurrency allow --jitter 20m --allowed-window "Mon-Fri 22:00-06:00" ' +
        '--allowed-window "Sat,Sun 00:00-24:00" --blackout-window 2026-12-31 --overdue-after 3h ' +
        '--include-namespaces shop --ttl 48h --labels team=sales --paused',
    );
    expect(out).toBe('Schedule nightly created: "0 2 * * *" Asia/Shanghai, cluster (env=live), vault main\n');
    expect(await spec('nightly')).toEqual({
      schedule: '0 2 * * *',
      timeZone: 'Asia/Shanghai',
      clusters: [],
      clusterSelector: { matchLabels: { env: 'live' } },
      vault: 'main',
      paused: true,
      startAt: '2026-11-22T10:00:00Z',
      missedRun: 'skip',
      concurrency: 'allow',
      jitter: '20m0s',
      windows: { allowed: ['Mon-Fri 22:00-06:00', 'Sat,Sun 00:00-24:00'], blackout: ['2026-12-31'] },
      overdueAfter: '3h0m0s',
      includeClusterInNames: true,
      savesVolumes: true,
      template: { includedNamespaces: ['shop'], ttl: '48h0m0s', metadata: { labels: { team: 'sales' } } },
    });
  });

  it('create and edit say which vaults the backups are copied to', async () => {
    const { run, spec, installation } = await start();
    await installation.state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'far' },
      spec: { region: 'cn-shanghai', bucket: 'far' },
    });
    const { out } = await run(`${often} --vault main --copy-to far`);
    expect(out).toContain('vault main, copied to far');
    expect(await spec('often')).toMatchObject({ vault: 'main', copies: ['far'] });
    expect((await run('describe often')).out).toMatch(/Copied to: +far/);
    await run('edit often --without-copies');
    expect(await spec('often')).not.toHaveProperty('copies');
    await expect(run('edit often --copy-to main')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(run('edit often --copy-to nowhere')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('create says how many snapshots it makes, and nothing where it takes none', async () => {
    const { run } = await start();
    expect((await run(often)).notes).toMatch(
      /^Where volumes have snapshots, it makes 110 snapshots a month of each claim; .* up to 114 of a disk exist at once, and a disk takes 256\.$/m,
    );
    const none = often.replace('often', 'none').concat(' --snapshot-volumes false');
    expect((await run(none)).notes).toBe('');
  });

  it('create and edit refuse more snapshots than a disk takes, where snapshots are asked for', async () => {
    const { run, spec } = await start();
    const more = often.replace('often', 'more').concat(' --snapshot-volumes true --ttl 2000h');
    await expect(run(more)).rejects.toMatchObject({ kind: 'invalid' });
    await run(often);
    await expect(run('edit often --snapshot-volumes true --ttl 2000h')).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('and a disk takes 256'),
    });
    expect(await spec('often')).not.toHaveProperty('template.snapshotVolumes');
  });

  it('of a release that saved no volumes goes on without, says so, and saves them once it is edited', async () => {
    const { run, spec, installation } = await start();
    await run(often);
    const { schedules, clusters } = installation.state;
    const made = await schedules.get('often');
    const { savesVolumes: _, ...earlier } = made.spec;
    const old = await schedules.create({ ...made, metadata: { name: 'old' }, spec: earlier });
    const slot = new Date('2026-11-22T12:00:00Z');
    const [cluster] = (await clusters.list()).items.map(({ metadata }) => metadata.name);

    expect((await run('describe old')).out).toMatch(/Volumes: +none: the schedule was made before/);
    expect(scheduledRequest(old, cluster!, slot).spec.snapshotVolumes).toBe(false);
    await run('pause old');
    await run('unpause old');
    expect(await spec('old')).not.toHaveProperty('savesVolumes');
    await run('edit old --ttl 24h');

    const edited = await schedules.get('old');
    expect((await run('describe old')).out).toMatch(/Volumes: +a snapshot of each claim/);
    expect(scheduledRequest(edited, cluster!, slot).spec).not.toHaveProperty('snapshotVolumes');
  });

  it('create makes no backup unless it is asked to', async () => {
    const { run, sent } = await start();
    expect((await run(often)).notes).not.toContain('requested');
    expect(sent).toEqual([]);
    const { notes } = await run(often.replace('often', 'soon').concat(' --run-now'));
    expect(notes).toContain('Backup soon-20261122100000 requested.\n');
    expect(sent).toHaveLength(1);
  });

  it('get shows the next run, the last good one and what is overdue', async () => {
    const { run, clock, finish } = await start();
    await run(`${often} --run-now`);
    await finish('often-20261122100000');
    const [headings, row] = (await run('get')).out.split('\n');
    expect(headings?.split(/ {2,}/)).toEqual([
      'NAME',
      'SCHEDULE',
      'TIME ZONE',
      'CLUSTERS',
      'VAULT',
      'PAUSED',
      'NEXT',
      'LAST GOOD',
      'OVERDUE',
    ]);
    expect(row?.split(/ {2,}/)).toEqual([
      'often',
      '6h30m',
      'UTC',
      'a',
      'main',
      'no',
      '2026-11-22T16:30:00Z',
      '2026-11-22T10:00:00Z',
      'no',
    ]);
    await clock.advance(8 * 60 * minute);
    expect((await run('get often')).out).toMatch(/2026-11-22T23:00:00Z +2026-11-22T10:00:00Z +a$/m);
    const yaml = load((await run('get often -o yaml')).out) as { status: object };
    expect(yaml.status).toMatchObject({ clusters: [{ overdue: '2026-11-22T16:30:00Z' }] });
  });

  it('describe tells the next five slots and how each cluster stands', async () => {
    const { run } = await start();
    await run(often);
    const { out } = await run('describe often');
    for (const time of ['22T16:30', '22T23:00', '23T05:30', '23T12:00', '23T18:30']) {
      expect(out).toContain(`  2026-11-${time}:00Z\n`);
    }
    expect(out).toContain('  a: no backup yet; last good slot -; not overdue');
    expect(out).toContain('Overdue:      after 1h0m0s');
  });

  it('pause, skip and unpause do what they say; unpause makes a backup only if it is asked to', async () => {
    const { run, spec, sent, clock } = await start();
    await run(often);
    expect((await run('skip often')).out).toBe('Schedule often skips its slot of 2026-11-22T16:30:00Z.\n');
    await run('skip often --slot 2026-11-23T05:30:00Z');
    await run('pause often');
    expect(await spec('often')).toMatchObject({
      paused: true,
      skipSlots: ['2026-11-22T16:30:00Z', '2026-11-23T05:30:00Z'],
    });
    await clock.advance(minute);
    await run('unpause often');
    expect(await spec('often')).toMatchObject({ paused: false, resumedAt: '2026-11-22T10:01:00Z' });
    expect(sent).toEqual([]);
    await run('pause often');
    expect((await run('unpause often --run-now')).notes).toBe('Backup often-20261122100100 requested.\n');
    await expect(run('skip often --slot tomorrow')).rejects.toThrow('"tomorrow" is not a point in time');
  });

  it('run waits if it is asked to, and ends as the worst of its backups did', async () => {
    const { run, state, bucket } = await start();
    await run('create both --schedule 1h --cluster a,b --include-namespaces shop');
    // Workers that are done at once, one of them badly.
    bucket.after = async (op, key) => {
      const [, name] = /^state\/runs\/backups\/(.*)\/start-1\.json$/.exec(key) ?? [];
      if (op !== 'create' || !name) return;
      const phase = name.includes('-a-') ? 'Failed' : 'Completed';
      await finishRun(state.store, { kind: 'backups', name }, { ...completed, phase });
    };
    const { out, code } = await run('run both --wait');
    expect(out).toContain('Backup both-a-20261122100000: Failed');
    expect(out).toContain('Backup both-b-20261122100000: Completed');
    expect(code).toBe(1);
  });

  it('edit changes what the flags say and nothing else', async () => {
    const { run, spec } = await start();
    await run(`${often} --blackout-window 2026-12-31 --ttl 48h`);
    const before = await spec('often');
    await run('edit often --jitter 5m --allowed-window 00:00-12:00 --exclude-resources events');
    expect(await spec('often')).toEqual({
      ...before,
      jitter: '5m0s',
      windows: { allowed: ['00:00-12:00'], blackout: ['2026-12-31'] },
      resumedAt: '2026-11-22T10:00:00Z',
      template: { ...before.template, excludedResources: ['events'] },
    });
    await run('edit often --blackout-window ""');
    expect((await spec('often')).windows).toEqual({ allowed: ['00:00-12:00'], blackout: [] });
    await expect(run('edit often')).rejects.toThrow('nothing is to be changed');
    await expect(run('edit often --cluster a --cluster-selector env=live')).rejects.toThrow('both --cluster');
    await expect(run('edit often --schedule "0 2 31 2 *"')).rejects.toThrow('cannot come due');
    await run('edit often --keep-daily 7');
    await expect(run('edit often --without-rules --keep-daily 3')).rejects.toThrow('both --without-rules');
    expect((await spec('often')).retention).toEqual({ keepDaily: 7 });
    await run('edit often --without-rules');
    expect((await spec('often')).retention).toBeUndefined();
  });

  it('delete takes the schedule away', async () => {
    const { run, state } = await start();
    await run(often);
    await run('delete often');
    expect(await state.schedules.find('often')).toBeUndefined();
    await expect(run('delete often')).rejects.toThrow('there is no schedule "often"');
  });
});

describe('lifeboat cluster label', () => {
  it('sets labels and takes them away, as kubectl does', async () => {
    const { run, state } = await start();
    expect((await run('label a team=shop env-', clusterCommand)).out).toBe(
      'Cluster a has the labels team=shop\n',
    );
    expect((await state.clusters.get('a')).metadata.labels).toEqual({ team: 'shop' });
    await expect(run('label a shop', clusterCommand)).rejects.toThrow('"shop" is not of the form');
  });
});
