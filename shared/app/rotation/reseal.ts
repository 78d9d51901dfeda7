import { LifeboatError, messageOf } from '../../platform/errors';
import { keepForRecovery, removeStaleCopies } from '../../operations/disaster/recovery/recovery-copies';
import { sealedSecrets } from '../../operations/disaster/state-export/collect-state';
import type { Installation } from '../installation';
import { openKeptSecret } from './kept-secrets';

/** What was kept for the recovery key. */
export interface Resealing {
  kept: string[];
  /** Had a copy for this key. */
  known: string[];
  failed: { key: string; reason: string }[];
}

/**
 * Keeps every sealed secret of the state a second time, for the recovery key: what was sealed before there was one, or for
 * another; removes the copies of secrets that are gone. Needs the keys that they are sealed with. Throws `invalid` when there
 * is no recovery key.
 */
export async function reseal(installation: Installation): Promise<Resealing> {
  const { id, state, settings, random } = installation;
  const { recoveryKey } = settings;
  if (recoveryKey === undefined) {
    throw new LifeboatError('invalid', 'LIFEBOAT_RECOVERY_KEY is not set', {
      hint: 'make a pair with `lifeboat state recovery-key`, and set it to the public half',
    });
  }
  const done: Resealing = { kept: [], known: [], failed: [] };
  const secrets = await sealedSecrets(state.store);
  await removeStaleCopies(
    state.store,
    secrets.flatMap(({ fields }) => fields.map(({ value }) => value)),
  );
  for (const { key, manifest, fields } of secrets) {
    for (const { path, value } of fields) {
      try {
        const text = await openKeptSecret(key, manifest, installation);
        const place = { installation: id, key, path };
        const kept = await keepForRecovery(state.store, { place, sealed: value, text }, recoveryKey, random);
        done[kept ? 'kept' : 'known'].push(key);
      } catch (error) {
        done.failed.push({ key, reason: messageOf(error) });
      }
    }
  }
  return done;
}
