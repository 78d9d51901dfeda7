import { describe, expect, it } from '@jest/globals';
import { addReplication } from '../../../shared/app/replications/add-replication';
import { anInstallation } from '../app/an-installation';
import { anApi } from './an-api';

async function start() {
  const made = await anApi();
  await addReplication(made.installation, {
    kind: 'Replication',
    metadata: { name: 'standby' },
    spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' },
  });
  return made;
}

describe('the routes of replications', () => {
  it('show all and one, with how they stand', async () => {
    const { call } = await start();
    const status = { targets: [{ target: 'b' }] };
    expect(await call('GET', '/replications')).toMatchObject({
      status: 200,
      body: { items: [{ metadata: { name: 'standby' }, status }], unreadable: [] },
    });
    expect(await call('GET', '/replications/standby')).toMatchObject({ status: 200, body: { status } });
    expect((await call('GET', '/replications/none')).status).toBe(404);
  });

  it('pause and unpause, and note who did', async () => {
    const { call, state, bucket } = await start();
    expect(await call('POST', '/replications/standby/pause', { body: {} })).toMatchObject({
      body: { spec: { paused: true } },
    });
    expect((await state.replications.get('standby')).spec.paused).toBe(true);
    expect(await call('POST', '/replications/standby/unpause', { body: {} })).toMatchObject({
      body: { spec: { paused: false } },
    });
    expect((await call('POST', '/replications/standby/pause', { body: { more: 1 } })).status).toBe(422);
    expect(bucket.keys().filter((key) => key.includes('/audit/'))).toHaveLength(3);
  });
});

describe('a rule that is made', () => {
  it('is refused a target that is the source under another name, and clusters that are not there', async () => {
    const { installation, state } = await anInstallation();
    const rule = (spec: object) => ({
      kind: 'Replication',
      metadata: { name: 'x' },
      spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed', ...spec },
    });
    for (const name of ['a', 'b']) {
      await state.clusters.change(name, ({ spec, ...rest }) => ({
        ...rest,
        spec: { ...spec, uid: 'one-and-the-same' },
      }));
    }
    await expect(addReplication(installation, rule({}))).rejects.toThrow('is the source cluster itself');
    await expect(addReplication(installation, rule({ targets: ['c'] }))).rejects.toThrow('cluster "c"');
    const far = { vault: 'main', cluster: 'far' };
    await expect(addReplication(installation, rule({ source: far }))).rejects.toThrow('cluster "far"');
    await expect(
      addReplication(installation, rule({ source: { ...far, clusterUid: 'uid-far' } })),
    ).resolves.toMatchObject({ metadata: { name: 'x' } });
  });
});
