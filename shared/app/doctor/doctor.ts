import { messageOf } from '../../platform/errors';
import type { FindDeployed } from '../fc/deployed-functions';
import { examineCluster } from '../clusters/examine-cluster';
import { examineRegisteredVault } from '../vaults/examine-registered-vault';
import { healthOf, lengthOfSilence } from '../ticks/health';
import type { Installation } from '../installation';
import { examineAskedFor } from './asked-for';
import { about, type Finding } from './finding';
import { examineFunctions } from './functions';
import { examineState } from './state';
import { examineTriggers } from './triggers';
import { counted } from '../../platform/counted';

/**
 * Looks at everything that an installation stands on and says what is wrong with it, as it goes. Writes nothing but what
 * `examineVault` begins and takes back. Throws only when the state itself cannot be read.
 * @param find looks at the deployed functions; absent where there is nobody to ask
 */
export async function* examineInstallation(
  installation: Installation,
  find?: FindDeployed,
): AsyncGenerator<Finding> {
  const { state, settings } = installation;
  const [vaults, clusters] = await Promise.all([state.vaults.list(), state.clusters.list()]);
  yield* await examineState(installation, vaults.items);
  yield await examineTicks(installation);
  const networks = [...new Set(clusters.items.flatMap(({ spec }) => spec.network ?? []))];
  if (find) yield* examineFunctions(settings, networks, find);
  for (const { name, reason } of vaults.unreadable) yield unreadable(`vault ${name}`, reason);
  if (vaults.items.length === 0 && vaults.unreadable.length === 0)
    yield about('vaults').warning('there is none', 'add one with `lifeboat vault add`');
  for (const vault of vaults.items) {
    const subject = `vault ${vault.metadata.name}`;
    for (const { level, message, hint } of await examineRegisteredVault(installation, vault))
      yield { about: subject, level, message, ...(hint && { remedy: hint }) };
  }
  // One machine has no deployment, and its own way to tell of what lands.
  if (find || !settings.local) yield* await examineTriggers(settings, vaults.items, find);
  for (const { name, reason } of clusters.unreadable) yield unreadable(`cluster ${name}`, reason);
  if (clusters.items.length === 0 && clusters.unreadable.length === 0)
    yield about('clusters').warning('there is none', 'add one with `lifeboat cluster add`');
  // What cannot be read is there, and was told of.
  yield* await examineAskedFor(installation, {
    vaults: new Set([
      ...vaults.items.map(({ metadata }) => metadata.name),
      ...vaults.unreadable.map(({ name }) => name),
    ]),
    clusters: clusters.items,
    unreadableClusters: clusters.unreadable.map(({ name }) => name),
  });
  for (const cluster of clusters.items) {
    const subject = `cluster ${cluster.metadata.name}`;
    if (cluster.spec.network !== undefined)
      yield about(subject).warning(
        `it is in network ${cluster.spec.network}: what follows was seen from here, not from its workers`,
      );
    for (const { level, message, remedy } of (await examineCluster(installation, cluster)).findings)
      yield { about: subject, level, message, ...(remedy && { remedy }) };
  }
}

async function examineTicks(installation: Installation): Promise<Finding> {
  const { ok, warning, error } = about('ticks');
  try {
    const health = await healthOf(installation);
    const { status, secondsSinceTick = 0 } = health;
    if (status === 'ok') return ok(`the last tick ended ${counted(secondsSinceTick, 'second')} ago`);
    if (status === 'starting')
      return warning(
        'none has ended yet',
        'wait a minute after the deployment; then see the log of the function scheduled-backup',
      );
    return error(
      `none has ended ${lengthOfSilence(health)}: nothing is backed up by schedule`,
      'see the log of the function scheduled-backup, and whether its timer is on',
    );
  } catch (failed) {
    return error(`the heartbeat cannot be read: ${messageOf(failed)}`);
  }
}

function unreadable(subject: string, reason: string): Finding {
  return about(subject).error(`its manifest cannot be read: ${reason}`, 'add it again, or remove it');
}
