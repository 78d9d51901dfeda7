import { describe, expect, it } from '@jest/globals';
import { addSchedule } from '../../../../shared/app/schedules/add-schedule';
import { watchManifests } from '../../../../shared/app/ticks/watch-manifests';
import { findNotice, pendingNotices } from '../../../../shared/formats/state/notices';
import { anInstallation } from '../an-installation';

const hour = 3_600_000;

async function setUp() {
  const made = await anInstallation();
  const { installation, state, clock } = made;
  for (const name of ['nightly', 'weekly'])
    await addSchedule(installation, {
      name,
      spec: {
        schedule: '0 2 * * *',
        clusters: ['a'],
        vault: 'main',
        template: { includedNamespaces: ['shop'] },
      },
    });
  const pass = async () => {
    await clock.advance(hour);
    await watchManifests(installation);
    const ids = (await pendingNotices(state.store)).map(({ id }) => id);
    return Promise.all(ids.map(async (id) => (await findNotice(state.store, id))!.text));
  };
  return { ...made, pass };
}

describe('schedules and clusters that vanish from the state', () => {
  it('are told once, by name, and again when they are put back and vanish again', async () => {
    const { state, pass } = await setUp();
    expect(await pass()).toEqual([]);
    const { body } = await state.store.get('schedules/nightly.json');
    await state.store.delete(['schedules/nightly.json', 'clusters/b.json']);
    const [text, ...others] = await pass();
    expect(text).toMatch(/^schedule nightly, cluster b: /);
    expect(others).toEqual([]);
    expect(await pass()).toHaveLength(1);
    await state.store.put('schedules/nightly.json', body);
    expect(await pass()).toHaveLength(1);
    await state.store.delete(['schedules/nightly.json']);
    expect(await pass()).toHaveLength(2);
  });

  it('are not told when a person deleted or changed them, or when the hint is lost', async () => {
    const { state, pass } = await setUp();
    await pass();
    await state.schedules.remove('nightly');
    await state.clusters.change('b', (now) => ({ ...now, metadata: { ...now.metadata, labels: {} } }));
    expect(await pass()).toEqual([]);
    await state.store.delete(['schedules/weekly.json', 'hints/manifests-seen.json']);
    expect(await pass()).toEqual([]);
  });

  it('are told under the same notice by the pass after one that died before it wrote the hint', async () => {
    const { state, bucket, pass } = await setUp();
    await pass();
    await state.store.delete(['clusters/a.json']);
    bucket.before = (op, key) => {
      if (op === 'put' && key.includes('manifests-seen')) throw new Error('died');
    };
    expect(await pass()).toHaveLength(1);
    bucket.before = () => {};
    expect(await pass()).toHaveLength(1);
  });
});
