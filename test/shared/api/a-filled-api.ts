import { gzipSync } from 'node:zlib';
import { addReplication } from '../../../shared/app/replications/add-replication';
import { addSchedule } from '../../../shared/app/schedules/add-schedule';
import { requestBackup, requestPlan, requestRestore } from '../../../shared/app/runs/request';
import { createRequest } from '../../../shared/formats/state/run/requests';
import { finishRun } from '../../../shared/formats/state/run/results';
import { placeDeletion } from '../../../shared/formats/state/deletions';
import { liveLog } from '../../../shared/formats/state/run/live-log';
import { runStore } from '../../../shared/formats/state/run-keys';
import type { RestoreRequest } from '../../../shared/formats/manifests/run';
import { PlanLines } from '../../../shared/operations/restore/plan/plan-lines';
import type { PlanHead } from '../../../shared/operations/restore/plan/restore-plan';
import { storePlan } from '../../../shared/operations/restore/plan/stored-plan';
import type { ObjectStore } from '../../../shared/platform/oss/port';
import { backupKeys, restoreKeys } from '../../../shared/formats/vault/layout';
import { completed } from '../operations/runs/fixtures';
import { commitManifest } from '../formats/vault/commit/committed-manifest';
import { anApi } from './an-api';

const sealed = {
  version: 1 as const,
  algorithm: 'AES-256-GCM' as const,
  keyId: '0',
  nonce: 'bm9uY2U=',
  ciphertext: 'c2VjcmV0LWNpcGhlcnRleHQ=',
  tag: 'dGFn',
};

/** Texts that no answer may have in it. */
export const secrets = ['secret-ciphertext', sealed.ciphertext, sealed.nonce];

/**
 * The API over an installation with one of everything: schedules `hourly` (of a) and `far` (of b), rule `standby` (a to b),
 * backups `shop-1` (of a, in its vault) and `open-1` (of a) and `bank-1` (of b, in its vault), `foreign` (in the vault,
 * nobody knows of which cluster), restores `back` (shop-1 into b, ended) and `open-r` (shop-1 into a), plans `before` (shop-1
 * into b, made) and `open-p` (shop-1 into a), a copy into vault `away` and a notification.
 */
export async function aFilledApi(options: Parameters<typeof anApi>[0] = {}) {
  const made = await anApi(options);
  filled ??= fill();
  for (const [key, stored] of await filled) made.bucket.objects.set(key, stored);
  return made;
}

type Objects = Awaited<ReturnType<typeof anApi>>['bucket']['objects'];

/** Filled once, and copied for each test. */
let filled: Promise<[string, ReturnType<Objects['get']> & object][]> | undefined;

/** Objects `configmaps shop/a` to `shop/c`: one to be created, one that differs, one that is the same. */
async function storeAPlan(state: ObjectStore, request: RestoreRequest): Promise<void> {
  const run = { kind: 'plans', name: request.metadata.name } as const;
  const lines = new PlanLines();
  const place = { groupResource: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' };
  const reset = { by: 'reset' as const, path: 'metadata.uid', from: '1' };
  const diff = [{ path: 'data', from: { a: '1' }, to: null }];
  lines.add({ ...place, name: 'a', action: 'create', changes: [reset], unchecked: true });
  lines.add({ ...place, name: 'b', action: 'conflict', decided: 'conflict', resourceVersion: '7', diff });
  lines.add({ ...place, name: 'c', action: 'same', reason: 'it is there' });
  const counts = { create: 1, conflict: 1, same: 1 };
  const problem = {
    message: 'it would be refused',
    hint: 'ask why',
    count: 1,
    objects: ['configmaps shop/a'],
  };
  const head = {
    kind: 'RestorePlan',
    version: 1,
    madeAt: '2026-11-22T10:00:00Z',
    request,
    counts,
    problems: [{ kind: 'refused', ...problem }],
    results: { errors: {}, warnings: { namespaces: { shop: ['odd'] } } },
  } satisfies PlanHead;
  await storePlan(runStore(state, run), 1, head, lines);
  await finishRun(state, run, { ...completed, counts });
}

async function fill() {
  const { installation, state, vault, finish, context, clock, bucket } = await anApi();
  const gzip = (key: string, value: unknown) => vault.put(key, gzipSync(JSON.stringify(value)));
  for (const name of ['a', 'b']) {
    await state.clusters.change(name, ({ spec, ...rest }) => ({
      ...rest,
      spec: { ...spec, sealedKubeconfig: sealed },
    }));
  }
  await state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'away' },
    spec: { region: 'cn-hangzhou', bucket: 'away' },
  });
  await state.notifications.create({
    kind: 'Notification',
    metadata: { name: 'ops' },
    spec: { type: 'webhook', host: 'ops.example', sealedTarget: sealed },
  });
  for (const [name, cluster] of [
    ['hourly', 'a'],
    ['far', 'b'],
  ] as const) {
    const template = { includedNamespaces: ['shop'] };
    await addSchedule(installation, {
      name,
      spec: { schedule: '0 * * * *', clusters: [cluster], vault: 'main', template },
    });
  }
  await addReplication(installation, {
    kind: 'Replication',
    metadata: { name: 'standby' },
    spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' },
  });
  const backup = (name: string, cluster: string) =>
    requestBackup(installation, {
      kind: 'BackupRequest',
      metadata: { name },
      cluster,
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
  await backup('shop-1', 'a');
  await backup('bank-1', 'b');
  for (const name of ['shop-1', 'bank-1']) {
    await finish(name);
    await commitManifest(state.store, vault, name);
    await gzip(backupKeys(name).results, { errors: {}, warnings: { namespaces: { shop: ['odd'] } } });
    await gzip(backupKeys(name).resourceList, {
      'v1/Namespace': ['shop'],
      'v1/ConfigMap': ['shop/prices', 'shop/offers'],
    });
    await vault.put(backupKeys(name).logs, gzipSync('level=info msg="Backed up"\n'));
  }
  const foreign = {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: { name: 'foreign' },
    status: { phase: 'Completed' },
  };
  await vault.put(backupKeys('foreign').manifest, Buffer.from(JSON.stringify(foreign)));
  await placeDeletion(
    context.state,
    { vault: 'main', backup: 'foreign' },
    { by: 'person', who: 'anna', at: '2026-11-22T09:00:00Z' },
  );
  await backup('open-1', 'a');
  const restore = (name: string, cluster: string) =>
    requestRestore(installation, {
      kind: 'RestoreRequest',
      metadata: { name },
      cluster,
      vault: 'main',
      spec: { backupName: 'shop-1' },
    });
  await restore('back', 'b');
  await finishRun(context.state, { kind: 'restores', name: 'back' }, completed);
  await gzip(restoreKeys('back').results, { errors: {}, warnings: {} });
  await vault.put(restoreKeys('back').logs, gzipSync('level=info msg="Restored"\n'));
  await restore('open-r', 'a');
  for (const [name, cluster] of [
    ['before', 'b'],
    ['open-p', 'a'],
  ] as const) {
    const request = { metadata: { name }, cluster, vault: 'main', spec: { backupName: 'shop-1' } };
    await requestPlan(installation, { kind: 'PlanRequest', ...request });
    if (name === 'before') await storeAPlan(context.state, { kind: 'RestoreRequest', ...request });
  }
  await createRequest(context.state, {
    kind: 'CopyRequest',
    metadata: { name: 'shop-1-away' },
    backup: 'shop-1',
    from: 'main',
    vault: 'away',
  });
  for (const [kind, name] of [
    ['backups', 'open-1'],
    ['restores', 'open-r'],
    ['plans', 'open-p'],
    ['copies', 'shop-1-away'],
  ] as const) {
    const log = liveLog(runStore(context.state, { kind, name }), clock, {});
    log.info('at it');
    await log.flush();
  }
  // Ids begin anew in each test, and those of the audit log would meet.
  return [...bucket.objects].filter(([key]) => !key.includes('/audit/'));
}
