import { LifeboatError } from '../../platform/errors';
import type { Schedule } from '../../formats/manifests/schedule';
import { carryingInstallation } from '../../formats/manifests/schedule-names';
import type { Vault } from '../../formats/manifests/vault';
import { keepForRecovery } from '../../operations/disaster/recovery/recovery-copies';
import { withField } from '../../operations/disaster/recovery/sealed-fields';
import { writeAudit } from '../../formats/state/audit';
import { makeInstallationRecord, newInstallationId } from '../../formats/state/manifests/installation-record';
import { documentBytes, jsonBytes } from '../../formats/state/json-object';
import { vaults } from '../../formats/state/manifests/vaults';
import type { StateRestorePlan } from '../../operations/disaster/state-restore/plan-state-restore';
import type { ObjectStore } from '../../platform/oss/port';
import { type SecretNeeds, sealKeptSecret } from '../rotation/kept-secrets';

export interface RestoreStateWork extends Omit<SecretNeeds, 'id'> {
  /** The place of the new state; empty. */
  state: ObjectStore;
}

/**
 * Makes a new installation of what a plan holds, under an id of its own, its secrets sealed with the keys of the settings.
 * What decides who was first is `installation.json`, which is created before anything else.
 * @returns the new installation's id
 * @throws LifeboatError `conflict` when the place is not empty, `invalid` when a key for sealing is missing or the place lies
 * within a vault; nothing is written then
 */
export async function restoreState(plan: StateRestorePlan, work: RestoreStateWork): Promise<string> {
  const { state, settings, clock, random } = work;
  const id = newInstallationId(random);
  await assertEmpty(state);
  const objects: { key: string; value: unknown; secrets: ReadonlyMap<string, string> }[] = [];
  for (const [key, { value, secrets }] of plan.objects) {
    if (key.startsWith('vaults/')) vaults(state).assertApart(value as Vault);
    const sealed = await sealedAgain(key, value, secrets, { ...work, id });
    objects.push({ key, value: namedForThis(key, sealed, id, clock), secrets });
  }
  const record = await makeInstallationRecord(state, id, clock);
  if (!record) throw notEmpty(state);
  for (const { key, value, secrets } of objects) {
    await state.create(key, jsonBytes(value));
    const { recoveryKey } = settings;
    if (recoveryKey === undefined) continue;
    for (const [path, text] of secrets) {
      const copy = { place: { installation: id, key, path }, sealed: fieldOf(value, path), text };
      await keepForRecovery(state, copy, recoveryKey, random);
    }
  }
  const { installation, day, vault } = plan.content;
  const from = { installation, day, vault: vault.name };
  await state.create('restored.json', documentBytes({ kind: 'RestoredState', from, at: record.createdAt }));
  const entry = { action: 'restore', what: 'state', name: `${installation}/${day}`, by: 'cli' };
  await writeAudit(state, entry, work);
  return id;
}

/** Throws `conflict` unless nothing lies there. */
export async function assertEmpty(state: ObjectStore): Promise<void> {
  for await (const page of state.list('', { pageSize: 1 }))
    if (page.objects.length > 0) throw notEmpty(state);
}

function notEmpty(state: ObjectStore): LifeboatError {
  return new LifeboatError(
    'conflict',
    `${state.name} is not empty: a state is restored into an empty place`,
    {
      hint: 'set LIFEBOAT_STATE to an unused prefix or bucket',
    },
  );
}

/** Names of scheduled backups carry the installation that makes them. */
function namedForThis(key: string, value: unknown, id: string, clock: RestoreStateWork['clock']): unknown {
  if (!key.startsWith('schedules/')) return value;
  const schedule = value as Schedule;
  if (!schedule.spec.installationInNames) return schedule;
  return { ...schedule, spec: carryingInstallation(schedule.spec, id, clock.now()) };
}

async function sealedAgain(
  key: string,
  value: unknown,
  secrets: ReadonlyMap<string, string>,
  needs: SecretNeeds,
): Promise<unknown> {
  let manifest = value;
  for (const [path, text] of secrets)
    manifest = withField(manifest, path, await sealKeptSecret(key, manifest, text, needs));
  return manifest;
}

function fieldOf(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], value);
}
