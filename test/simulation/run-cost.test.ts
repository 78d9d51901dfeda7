import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { type OssServer, startOssServer } from '../../local/oss/server';
import { createApi } from '../../shared/api/api';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { openInstallation } from '../../shared/app/open-installation';
import { readSettings } from '../../shared/app/settings';
import { silentLog } from '../../shared/platform/log/log';
import type { Clock } from '../../shared/platform/clock';
import type { Installation } from '../../shared/app/installation';
import { carryOutBackup } from '../../shared/app/runs/carry-out-backup';
import { carryOutPlan } from '../../shared/app/runs/carry-out-plan';
import { carryOutRestore } from '../../shared/app/runs/carry-out-restore';
import { sha256Hex } from '../../shared/platform/sha256';
import { tick } from '../../shared/app/ticks/tick';
import type { RunKind } from '../../shared/formats/manifests/run';
import { systemClock, systemRandom } from '../../shared/platform/system';
import {
  type CountedRequest,
  countRequests,
  longestSequence,
  type CountedServer,
} from '../harness/counted-requests';

const machineToken = 'the-token-of-this-machine';
const person = { accessKeyId: 'person', accessKeySecret: 'person-secret' };

const shop = [
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}',
  ...Array.from(
    { length: 28 },
    (_, n) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${n}, namespace: shop}\ndata: {n: "${n}"}`,
  ),
].join('\n---\n');

/**
 * Of runs that take no time: nothing is asked only because a while has passed, as a renewal, a step for people or a look whether
 * the run is cancelled.
 */
const standingClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => 0,
  sleep: (ms, signal) => systemClock.sleep(ms < 1_000 ? ms : 2 ** 30, signal),
};

const workers = { backups: carryOutBackup, restores: carryOutRestore, plans: carryOutPlan };

describe('the requests to OSS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-run-cost-'));
  let oss: OssServer;
  let door: CountedServer;
  let cluster: SandboxCluster;
  let environment: Record<string, string>;

  beforeAll(async () => {
    // No mark of this test grows old, however long it takes.
    const started = new Date();
    oss = await startOssServer({
      clock: { ...systemClock, now: () => started },
      directory,
      credentials: [person],
      buckets: [{ name: 'state' }, { name: 'vault' }],
    });
    door = await countRequests(oss.port);
    cluster = await startSandboxCluster({ name: 'a' });
    await cluster.load(shop);
    environment = {
      LIFEBOAT_STATE: 'oss://state/lifeboat',
      LIFEBOAT_REGION: 'cn-hangzhou',
      LIFEBOAT_ACCOUNT_ID: '1000000000000001',
      LIFEBOAT_SEAL_KEY: systemRandom.bytes(32).toString('base64'),
      LIFEBOAT_OSS_ENDPOINT: door.endpoint,
      LIFEBOAT_LOCAL: '1',
    };
    const installation = await open();
    await installation.state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'main' },
      spec: { region: 'cn-hangzhou', bucket: 'vault' },
    });
    await addCluster(installation, { name: 'a', kubeconfig: cluster.kubeconfig });
  });
  afterAll(async () => {
    await Promise.all([cluster.close(), door.close()]);
    await oss.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** As each invocation of a function does it. */
  async function open(): Promise<Installation> {
    const installation = await openInstallation({
      settings: readSettings(environment),
      credentials: async () => person,
      holder: 'test',
      clock: standingClock,
      random: systemRandom,
      log: silentLog,
    });
    return { ...installation, dispatcher: { start: async () => 'sent' } };
  }

  /** Number of requests, and of those that wait for each other; the keys are shown where a number is too high. */
  async function cost(work: () => Promise<unknown>) {
    door.take();
    await work();
    const taken = door.take();
    return { requests: taken.length, inSequence: longestSequence(taken), taken: taken.map(shown) };
  }

  function hold(
    { requests, inSequence, taken }: Awaited<ReturnType<typeof cost>>,
    most: { requests: number; inSequence: number },
  ): void {
    const tooMany = requests > most.requests || inSequence > most.inSequence;
    expect(tooMany ? { requests, inSequence, taken } : most).toEqual(most);
  }

  async function post(path: string, body: object): Promise<void> {
    const api = createApi({
      open: async () => ({ ...(await open()), asksOnly: true }),
      tokenSha256: sha256Hex(machineToken),
    });
    const response = await api.fetch(
      new Request(`https://api.example${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${machineToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
    expect([response.status, await response.text()]).toEqual([202, expect.any(String)]);
  }

  async function carryOutRun(kind: keyof typeof workers, name: string): Promise<void> {
    const result = await workers[kind](await open(), { kind: kind as RunKind, name });
    expect(result).toMatchObject({ phase: 'Completed' });
  }

  const places = { cluster: 'a', vault: 'main' };
  const spec = { includedNamespaces: ['shop'] };
  const back = (to: string) => ({ backupName: 'b-1', namespaceMapping: { shop: to } });

  /**
   * Maximum number of requests, and of those in sequence. A change may raise a number only with the reason beside it.
   *
   * What keeps two workers apart is a sequence of its own: the installation, the list of the run's folder, the lease, the list
   * of the places at the cluster, the place and the look after it (6), then the outcome, the mark of its end and the removal of
   * its open mark (3). The newest revision of a manifest takes two requests: list and get. The first step and the first line
   * of the log are written at once, for people.
   */
  const most = {
    // Seven, and the installation's record. Runs are started before ended ones are told, and both before notices go out: each
    // list shows what the step before it did.
    idleTick: { requests: 8, inSequence: 7 },
    dueTick: { requests: 20, inSequence: 18 },
    // Above the goal of 10. The mark of the caller before the count of what the caller has open; two manifests of two requests;
    // the open mark before the request; a place at the cluster before the start; the audit.
    postBackup: { requests: 14, inSequence: 11 },
    // As above, and the request of the backup, which says what namespaces it holds.
    postRestore: { requests: 15, inSequence: 12 },
    postPlan: { requests: 14, inSequence: 11 },
    // Above the goal of 24 and 10. Velero's layout has nine files beside the archive, which is three requests: begun, sent,
    // completed. The commit comes before all that is visible, the archive before its files, the manifest last: each waits for the
    // one before. Whether the backup is being deleted is asked twice: before the files and before the manifest.
    // The worker reads the cluster while OSS answers, which makes one more or less in sequence.
    backup: { requests: 42, inSequence: 22 },
    // Above the goal of 30 and 12. What is proved is read before it is used; the start of the restore is written before the
    // cluster is, and what was made before the report, which is six files, results last.
    // The reads of the backup run beside the search for a place, which makes one more or less in sequence.
    restore: { requests: 35, inSequence: 17 },
    plan: { requests: 28, inSequence: 18 },
  };

  it('of a backup of 30 objects and the call that asks for it', async () => {
    // The first claims the vault.
    await post('/backups', { ...places, metadata: { name: 'b-1' }, spec });
    await carryOutRun('backups', 'b-1');

    const asked = await cost(() => post('/backups', { ...places, metadata: { name: 'b-2' }, spec }));
    const made = await cost(() => carryOutRun('backups', 'b-2'));

    hold(asked, most.postBackup);
    hold(made, most.backup);
  }, 120_000);

  it('of a restore of 30 objects and the call that asks for it', async () => {
    const body = { ...places, metadata: { name: 'r-1' }, spec: back('shop-2') };
    const asked = await cost(() => post('/restores', body));
    const made = await cost(() => carryOutRun('restores', 'r-1'));

    hold(asked, most.postRestore);
    hold(made, most.restore);
    // One lease, and one more before the report: a group of work renews nothing while the lease is young.
    expect(made.taken.filter((each) => each.includes('/lease-'))).toHaveLength(2);
    expect(made.taken.filter((each) => each.includes('/cancel.json'))).toHaveLength(1);
  }, 120_000);

  it('of a plan of 30 objects and the call that asks for it', async () => {
    const body = { ...places, metadata: { name: 'p-1' }, spec: back('shop-3') };
    const asked = await cost(() => post('/plans', body));
    const made = await cost(() => carryOutRun('plans', 'p-1'));

    hold(asked, most.postPlan);
    hold(made, most.plan);
  }, 120_000);

  it('of a tick, idle and with one slot due', async () => {
    await tick(await open());
    const idle = await cost(async () => tick(await open()));
    const { state } = await open();
    await state.schedules.create({
      kind: 'Schedule',
      metadata: { name: 'hourly' },
      spec: {
        schedule: '@every 1h',
        clusters: ['a'],
        vault: 'main',
        startAt: new Date(Date.now() - 61 * 60_000).toISOString().replace(/\.\d+/, ''),
        includeClusterInNames: false,
        template: spec,
      },
    });
    const due = await cost(async () =>
      expect(await tick(await open())).toMatchObject({ due: { requested: [expect.anything()] } }),
    );

    hold(idle, most.idleTick);
    hold(due, most.dueTick);
  }, 120_000);
});

function shown({ method, key, round }: CountedRequest): string {
  return `${round} ${method} ${key}`;
}
