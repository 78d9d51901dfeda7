import { LifeboatError, messageOf } from '../../../platform/errors';
import { openRecoveryBox } from '../recovery/recovery-box';
import { readPrivateKey } from '../recovery/recovery-key';
import type { ReadExport } from '../state-export/export-file';
import type { StateExport } from '../state-export/state-export';
import {
  assertRestorable,
  movedVault,
  paused,
  type RestoredManifest,
  type VaultPlace,
  vaultWithoutKey,
} from './restored-manifest';

/** What a restore of a state will write. */
export interface StateRestorePlan {
  content: StateExport;
  /** Ed25519 public key, base64; undefined where nobody signed the export. */
  signedBy?: string;
  /** By key in the state. */
  objects: Map<string, RestoredManifest>;
  leftOut: { key: string; reason: string }[];
}

/**
 * What the new state will hold: all of the export that this version understands, schedules and replications paused, the vault
 * where it is now. Opens every sealed secret, so that a wrong key is found before anything is written.
 * @param recoveryKey private half, base64; without it nothing comes back that was sealed
 * @throws LifeboatError `invalid` for what is no key, `denied` for another key, `corrupt` for a secret that does not open
 */
export function planStateRestore(
  { content, signedBy }: ReadExport,
  place: VaultPlace,
  recoveryKey: string | undefined,
): StateRestorePlan {
  // Also where nothing is sealed to it: what is given is told to be wrong before it is needed.
  if (recoveryKey !== undefined) readPrivateKey(recoveryKey);
  const plan: StateRestorePlan = {
    content,
    ...(signedBy !== undefined && { signedBy }),
    objects: new Map(),
    leftOut: content.leftOut.flatMap(({ key, path, reason }) =>
      path === undefined ? [{ key, reason }] : [],
    ),
  };
  for (const [key, value] of Object.entries(content.objects)) {
    const secrets = openSecrets(content, key, recoveryKey);
    try {
      const manifest = restored(content, key, { value, secrets, changes: [] }, place, recoveryKey);
      assertRestorable(key, manifest);
      plan.objects.set(key, manifest);
    } catch (error) {
      plan.leftOut.push({ key, reason: messageOf(error) });
    }
  }
  return plan;
}

function openSecrets(
  content: StateExport,
  key: string,
  recoveryKey: string | undefined,
): Map<string, string> {
  if (recoveryKey === undefined) return new Map();
  const { installation } = content;
  return new Map(
    content.sealed
      .filter((sealed) => sealed.key === key)
      .map(({ path, box }) => [path, openRecoveryBox(box, { installation, key, path }, recoveryKey)]),
  );
}

function restored(
  content: StateExport,
  key: string,
  manifest: RestoredManifest,
  place: VaultPlace,
  recoveryKey: string | undefined,
): RestoredManifest {
  const missing = missingSecret(content, key, recoveryKey);
  if (key.startsWith('vaults/')) {
    const whole = missing === undefined ? manifest : vaultWithoutKey(manifest);
    return key === `vaults/${content.vault.name}.json` ? movedTo(whole, place) : whole;
  }
  if (missing !== undefined) throw missing;
  return key.startsWith('schedules/') || key.startsWith('replications/') ? paused(manifest) : manifest;
}

/** What was sealed stays where the vault did not move. */
function movedTo(manifest: RestoredManifest, place: VaultPlace): RestoredManifest {
  const moved = movedVault(manifest, place);
  return moved.value === manifest.value ? manifest : moved;
}

/** Why a manifest comes back without something that was sealed. */
function missingSecret(
  content: StateExport,
  key: string,
  recoveryKey: string | undefined,
): LifeboatError | undefined {
  const never = content.leftOut.some((left) => left.key === key && left.path !== undefined);
  if (never)
    return new LifeboatError('not-found', 'what is sealed in it was never kept for a recovery key', {
      hint: 'add it again',
    });
  const box = content.sealed.find((sealed) => sealed.key === key)?.box;
  if (!box || recoveryKey !== undefined) return undefined;
  return new LifeboatError('denied', `what is sealed in it needs recovery key ${box.keyId}`, {
    hint: 'give its private half with --recovery-key-file, or add it again',
  });
}
