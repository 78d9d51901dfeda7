import Table from 'cli-table3';
import pc from 'picocolors';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { addReplication } from '../../shared/app/replications/add-replication';
import { addVault } from '../../shared/app/vaults/add-vault';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import { parseGoDuration } from '../../shared/formats/manifests/go-duration';
import { runNames } from '../../shared/formats/state/run/runs';
import { type ListedBackup, listBackups } from '../../shared/formats/vault/backups';
import { describeBackup } from '../../shared/formats/vault/describe-backup';
import { localBuckets, localRegion, type OneMachine } from '../one-machine';
import { bareAnswer, bareRequest } from '../proof/bare-api';
import { type DemoCluster, until } from './demo-cluster';
import { type DemoRow, mustHold } from './demo-row';
import { finished } from './finished';
import { bigNumberWasAmong, isProved, proofText, prove, snapshotOfShop } from './proof';
import { shopManifests, shopNamespaces } from './shop';
import type { Stage } from './stage';
import { volumeDataRow } from './volume-data';

const backup = 'shop-1';
/** Long enough to be restored from, short enough to be waited for. */
const ttl = '25s';

interface Play {
  stage: Stage;
  machine: OneMachine;
  a: DemoCluster;
  b: DemoCluster;
}

/** The story: an application is backed up, lost, restored in place, restored into a second cluster, and its backup expires. */
export async function runDemo({ stage, machine, a, b }: Play): Promise<boolean> {
  const { installation } = machine;
  await stage.step(
    'Apply a shop with a database to cluster a',
    () => a.apply(shopManifests),
    () => 'namespaces shop and shop-jobs',
  );
  await stage.step(
    'Register clusters, a vault, and the rule "what lands from a is restored into b"',
    async () => {
      for (const { name, kubeconfig } of [a, b]) await addCluster(installation, { name, kubeconfig });
      const place = { region: localRegion, bucket: localBuckets.vault, subdirectory: 'team' };
      await addVault(installation, { kind: 'Vault', metadata: { name: 'main' }, spec: place });
      await addReplication(installation, {
        kind: 'Replication',
        metadata: { name: 'standby' },
        spec: {
          source: { vault: 'main', cluster: 'a' },
          targets: ['b'],
          policy: 'seed',
          allowEmptyVolumes: true,
        },
      });
    },
    () => 'kubeconfigs sealed',
  );
  const before = await snapshotOfShop(a);

  const result = await stage.step(
    `Back up to oss://${localBuckets.vault}/team`,
    async (say) => {
      await requestBackup(installation, {
        kind: 'BackupRequest',
        metadata: { name: backup },
        cluster: 'a',
        vault: 'main',
        spec: { includedNamespaces: [...shopNamespaces], ttl },
      });
      return finished(machine, 'backups', backup, say);
    },
    (end) => `${end.phase}, ${end.counts.items} objects`,
  );
  const vault = await installation.openVault('main');
  const description = await describeBackup(vault, backup);
  stage.line('');
  for (const [key, bytes] of Object.entries(description.sizes))
    stage.line(pc.dim(`    ${String(bytes).padStart(8)}  ${key}`));
  stage.line('');

  await stage.step(
    'Lose it: delete both namespaces from cluster a',
    async () => {
      for (const namespace of shopNamespaces)
        await bareRequest(a.api, 'DELETE', `/api/v1/namespaces/${namespace}`);
      await until(async () => (await bareAnswer(a.api, 'GET', '/api/v1/namespaces/shop')).status === 404);
      await until(
        async () => (await bareAnswer(a.api, 'GET', '/api/v1/namespaces/shop-jobs')).status === 404,
      );
    },
    () => 'gone',
  );
  const restored = await stage.step(
    'Restore it in place',
    async (say) => {
      await requestRestore(installation, {
        kind: 'RestoreRequest',
        metadata: { name: 'shop-back' },
        cluster: 'a',
        vault: 'main',
        spec: { backupName: backup },
        allowEmptyVolumes: true,
      });
      return finished(machine, 'restores', 'shop-back', say);
    },
    (end) => `${end.phase}, ${end.counts.created} objects created`,
  );
  const inPlace = await prove(before, a);
  const volumeData = volumeDataRow(before, await snapshotOfShop(a), restored);
  const replicated = await stage.step(
    'Restored into cluster b by the OSS event',
    async (say) => {
      let name: string | undefined;
      await until(async () => {
        name = (await runNames(installation.state.store, 'restores')).find((each) =>
          each.startsWith('standby'),
        );
        return name !== undefined;
      });
      return finished(machine, 'restores', name!, say);
    },
    (end) => `${end.phase}, ${end.counts.created} objects created`,
  );
  const inB = await prove(before, b);
  const expired = await stage.step(
    `Let the backup expire (ttl ${ttl})`,
    async (say) => {
      // Retention counts the TTL from the commit, which came after the end of the backup, by OSS's clock.
      const { completionTimestamp = '' } = description.backup.status;
      const over = Date.parse(completionTimestamp) + parseGoDuration(ttl) + 3_000;
      for (let left = over - Date.now(); left > 0; left = over - Date.now()) {
        say(`${Math.ceil(left / 1000)} s left`);
        await new Promise((resolve) => setTimeout(resolve, Math.min(left, 1000)));
      }
      machine.fc.fireTimer('every-hour');
      await until(async () => (await listed(machine)) === undefined);
      return true;
    },
    () => 'out of the vault, its content goes 25 hours later',
  );

  const rows: DemoRow[] = [
    mustHold(
      'backed up',
      result.phase === 'Completed',
      `${result.counts.items} objects in ${Object.keys(description.sizes).length} OSS objects, in Velero's layout`,
    ),
    mustHold(
      'restored in place (a)',
      isProved(inPlace) && restored.phase === 'Completed',
      proofText(inPlace),
    ),
    mustHold('restored by the event (b)', isProved(inB) && replicated.phase === 'Completed', proofText(inB)),
    mustHold(
      'digits beyond 2^53',
      bigNumberWasAmong(before) && isProved(inPlace),
      'Coupon autumn: serial 9223372036854775807',
    ),
    { what: 'volume data came back', ...volumeData },
    mustHold('expired by its ttl', expired, 'no longer listed'),
  ];
  const table = new Table({ head: ['what', '', `seen on ${a.kind}`], style: { head: [], border: [] } });
  for (const { what, mark, detail } of rows) table.push([what, mark, detail]);
  stage.line(`\n${table.toString()}`);
  return rows.every(({ mark }) => mark !== 'FAILED');
}

async function listed({ installation }: OneMachine): Promise<ListedBackup | undefined> {
  for await (const page of listBackups(await installation.openVault('main'))) {
    const found = page.backups.find(({ name }) => name === backup);
    if (found) return found;
  }
  return undefined;
}
