import { isDeepStrictEqual } from 'node:util';
import { LifeboatError } from '../../platform/errors';
import { parse } from '../../platform/input/parse';
import { type SigningKeyManifest, signingKeySchema } from '../../formats/manifests/signing-key';
import { isCurrent, openSecret, sealSecret } from '../../platform/seal/envelope';
import type { Binding } from '../../platform/seal/binding';
import type { Sealed } from '../../platform/seal/sealed';
import { documentBytes, readJson } from '../../formats/state/json-object';
import { seedSigner, type Signer } from '../../formats/vault/proof/signer';
import type { Installation } from '../installation';
import { keepSecret } from './keep-secret';
import { record } from '../record';

/** In the state: the signing key of the installation, sealed. */
export const signingKeyObject = 'keys/signing.json';

const words = {
  what: 'the signing key of the installation',
  remedy: 'make a new one with `lifeboat seal signing-key --replace`',
};

/**
 * Signs backups: with the key of the environment, else with the one that lies sealed in the state; undefined where there is
 * neither. Throws LifeboatError `denied` when what it is sealed with is not at hand: a backup must not be unsigned in silence.
 */
export async function installationSigner(installation: Installation): Promise<Signer | undefined> {
  const { signingKey } = installation.settings;
  if (signingKey !== undefined) return seedSigner(signingKey);
  const kept = await findSigningKey(installation);
  if (!kept) return undefined;
  return seedSigner(await openSigningSeed(kept, installation));
}

/** The public key with which others check this installation's backups; opens nothing. Undefined where backups are unsigned. */
export async function publicSigningKey(installation: Installation): Promise<string | undefined> {
  const { signingKey } = installation.settings;
  if (signingKey !== undefined) return seedSigner(signingKey).publicKey();
  return (await findSigningKey(installation))?.publicKey;
}

/**
 * Makes a signing key, or takes the one of the environment, and keeps it sealed in the state. Answers with the public key.
 * Throws `conflict` when there is one and it is not to be replaced.
 */
export async function keepSigningKey(
  installation: Installation,
  { replace = false }: { replace?: boolean } = {},
): Promise<string> {
  const { settings, random, state } = installation;
  const seed = settings.signingKey ?? random.bytes(32).toString('base64');
  const kept = await sealedKey(installation, seed);
  if (replace) await state.store.put(signingKeyObject, documentBytes(kept));
  else if (!(await state.store.create(signingKeyObject, documentBytes(kept))).created) {
    throw new LifeboatError('conflict', 'the installation has a signing key already', {
      hint: 'replace it with --replace; rules of others then have to trust the new one',
    });
  }
  await record(installation, {
    action: replace ? 'replace' : 'create',
    what: 'signing key',
    name: kept.publicKey,
  });
  return kept.publicKey;
}

/** Seals the signing key again under the current key. Undefined when there is none, false when it is sealed so already. */
export async function resealSigningKey(installation: Installation): Promise<boolean | undefined> {
  const kept = await findSigningKey(installation);
  if (!kept) return undefined;
  if (isCurrent(kept.sealedSeed, installation.sealing)) return false;
  const again = await sealedKey(installation, await openSigningSeed(kept, installation));
  await openSigningSeed(again, installation);
  const latest = await findSigningKey(installation);
  if (!isDeepStrictEqual(latest, kept)) {
    throw new LifeboatError('conflict', 'it was replaced meanwhile', { hint: 'run it again' });
  }
  await installation.state.store.put(signingKeyObject, documentBytes(again));
  return true;
}

/** As it is sealed in the state. Undefined where there is none. Throws `invalid` or `corrupt` when it cannot be read. */
export async function sealedSigningKey(installation: Installation): Promise<Sealed | undefined> {
  return (await findSigningKey(installation))?.sealedSeed;
}

async function findSigningKey({ state }: Installation): Promise<SigningKeyManifest | undefined> {
  const stored = await readJson(state.store, signingKeyObject);
  return stored && parse(signingKeySchema, stored.value, words.what);
}

async function sealedKey(installation: Installation, seed: string): Promise<SigningKeyManifest> {
  const publicKey = await seedSigner(seed).publicKey();
  const sealedSeed = await sealSigningSeed(publicKey, seed, installation);
  await keepSecret(installation, {
    key: signingKeyObject,
    path: 'sealedSeed',
    sealed: sealedSeed,
    text: seed,
  });
  return { kind: 'SigningKey', publicKey, sealedSeed };
}

/** What the key is made of, base64. Throws `denied` when what it is sealed with is not at hand. */
export function openSigningSeed(
  { publicKey, sealedSeed }: SigningKeyManifest,
  { id, sealing }: Pick<Installation, 'id' | 'sealing'>,
): Promise<string> {
  return openSecret(sealedSeed, boundTo(id, publicKey), sealing, words);
}

/** Seals it for this installation, under the current key. */
export function sealSigningSeed(
  publicKey: string,
  seed: string,
  { id, sealing, random }: Pick<Installation, 'id' | 'sealing' | 'random'>,
): Promise<Sealed> {
  return sealSecret(seed, boundTo(id, publicKey), sealing, random);
}

function boundTo(installation: string, publicKey: string): Binding {
  return ['lifeboat-signing-key', installation, publicKey];
}
