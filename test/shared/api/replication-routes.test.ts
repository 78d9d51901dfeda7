import { describe, expect, it } from '@jest/globals';
import { createApi } from '../../../shared/api/api';
import { addReplication } from '../../../shared/installation/add-replication';
import { anInstallation } from '../installation/an-installation';

async function start() {
  const made = await anInstallation();
  const api = createApi({ open: async () => made.installation });
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await api.request(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
    } as RequestInit);
    return { status: answer.status, body: await answer.json() };
  };
  await addReplication(made.installation, {
    kind: 'Replication',
    metadata: { name: 'standby' },
    spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' },
  });
  return { ...made, call };
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
    expect(await call('POST', '/replications/standby/pause', {})).toMatchObject({
      body: { spec: { paused: true } },
    });
    expect((await state.replications.get('standby')).spec.paused).toBe(true);
    expect(await call('POST', '/replications/standby/unpause', {})).toMatchObject({
      body: { spec: { paused: false } },
    });
    expect((await call('POST', '/replications/standby/pause', { more: 1 })).status).toBe(400);
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
      const cluster = await state.clusters.get(name);
      await state.clusters.save({ ...cluster, spec: { ...cluster.spec, uid: 'one-and-the-same' } });
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
