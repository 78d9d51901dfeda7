import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { workerFunctions } from '../../../shared/app/fc/worker-functions';
import { installationDispatcher } from '../../../shared/app/installation-dispatcher';
import { readSettings } from '../../../shared/app/settings';
import { setNetwork } from '../../../shared/app/clusters/update-cluster';
import { createRequest } from '../../../shared/formats/state/run/requests';
import { systemClock, systemRandom } from '../../../shared/platform/system';
import { anInstallation } from './an-installation';

const started: string[] = [];
const server = createServer((request, response) => {
  started.push(/functions\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? '');
  response.writeHead(202, { connection: 'close' });
  response.end('{}');
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Asks for a backup or restore of cluster `a` and starts its worker; answers with the function that was started. */
async function functionFor(
  { state }: Awaited<ReturnType<typeof anInstallation>>,
  kind: 'backups' | 'restores',
  environment: Record<string, string> = {},
) {
  const name = `r-${started.length}`;
  const common = { metadata: { name }, cluster: 'a', vault: 'main' };
  await createRequest(
    state.store,
    kind === 'backups'
      ? { kind: 'BackupRequest', ...common, spec: { includedNamespaces: ['shop'] } }
      : { kind: 'RestoreRequest', ...common, spec: { backupName: 'b-1' } },
  );
  const dispatcher = installationDispatcher(
    {
      settings: readSettings({
        LIFEBOAT_STATE: 'oss://state/lifeboat',
        LIFEBOAT_REGION: 'cn-hangzhou',
        LIFEBOAT_ACCOUNT_ID: '1000000000000001',
        LIFEBOAT_FC_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        LIFEBOAT_LOCAL: '1',
        ...environment,
      }),
      credentials: async () => ({ accessKeyId: 'id', accessKeySecret: 'secret' }),
      clock: systemClock,
      random: systemRandom,
    },
    state,
  );
  expect(await dispatcher.start({ kind, name }, `t-${name}`)).toBe('sent');
  return started.at(-1);
}

describe('the workers of a run', () => {
  it('are those of the network that its cluster names', async () => {
    const made = await anInstallation();
    expect(await functionFor(made, 'backups')).toBe('lifeboat-backup');
    await setNetwork(made.installation, 'a', 'beijing');
    expect(await functionFor(made, 'backups')).toBe('lifeboat-backup-beijing');
    expect(await functionFor(made, 'restores')).toBe('lifeboat-restore-beijing');
    const named = { LIFEBOAT_BACKUP_FUNCTION: 'prod-backup' };
    expect(await functionFor(made, 'backups', named)).toBe('prod-backup-beijing');
    await setNetwork(made.installation, 'a', undefined);
    expect(await functionFor(made, 'restores')).toBe('lifeboat-restore');
  });

  it('are the default ones for a cluster that is gone or cannot be read: they say so', async () => {
    const made = await anInstallation();
    await made.state.store.put('clusters/a.json', Buffer.from('{"kind":'));
    expect(await functionFor(made, 'backups')).toBe('lifeboat-backup');
    await made.state.clusters.remove('a');
    expect(await functionFor(made, 'backups')).toBe('lifeboat-backup');
  });

  it('are not guessed while the state does not say', async () => {
    const made = await anInstallation();
    made.bucket.before = (operation, key) => {
      if (operation === 'get' && key.includes('clusters/')) throw new Error('no answer');
    };
    await expect(functionFor(made, 'backups')).rejects.toThrow('no answer');
  });

  it('have a network that is a name', async () => {
    const { installation } = await anInstallation();
    await expect(setNetwork(installation, 'a', 'Beijing/1')).rejects.toMatchObject({ kind: 'invalid' });
    expect(workerFunctions({ backups: 'x-backup', restores: 'x-restore' }, 'n')).toEqual({
      backups: 'x-backup-n',
      restores: 'x-restore-n',
    });
  });
});
