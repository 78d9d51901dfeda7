import { openSealedKubeconfig } from '../../platform/kubernetes/seal';
import { LifeboatError, messageOf } from '../../platform/errors';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import { isCurrent } from '../../platform/seal/envelope';
import { keyIdOf, type Sealed } from '../../platform/seal/sealed';
import type { Installation } from '../installation';
import { record } from '../record';
import { sealedCredentials } from '../clusters/seal-cluster';
import { resealSigningKey, sealedSigningKey, signingKeyObject } from '../secrets/signing-key';

/** What became of the secrets of an installation. */
export interface Rotation {
  /** Under which all are that are not among the failed. */
  keyId: string;
  /** `cluster "a"`. */
  sealedAgain: string[];
  /** Were under the key before. */
  asTheyWere: string[];
  failed: { what: string; reason: string }[];
}

/** A secret, and the key that it is under. */
export interface SealedThing {
  what: string;
  keyId: string;
  current: boolean;
}

/**
 * Seals everything again under the current key: each kubeconfig (or those of `names` alone, then nothing else) and the
 * signing key. Every object is replaced by itself, and opened before that: one that is killed in the middle leaves objects of which each
 * opens with the old key or the new one, and is simply run again. The old key must stay at hand until nothing has failed.
 * Throws LifeboatError `invalid` without a key, `not-found` for an unknown cluster.
 */
export async function rotateKeys(installation: Installation, names?: readonly string[]): Promise<Rotation> {
  const { state, sealing } = installation;
  const rotation: Rotation = { keyId: sealing.current().id, sealedAgain: [], asTheyWere: [], failed: [] };
  const attempt = async (what: string, act: () => Promise<boolean | undefined>) => {
    try {
      const changed = await act();
      if (changed !== undefined) rotation[changed ? 'sealedAgain' : 'asTheyWere'].push(what);
    } catch (error) {
      rotation.failed.push({ what, reason: messageOf(error) });
    }
  };
  const { items, unreadable } = names
    ? { items: await Promise.all(names.map((name) => state.clusters.get(name))), unreadable: [] }
    : await state.clusters.list();
  for (const { name, reason } of unreadable) rotation.failed.push({ what: `cluster "${name}"`, reason });
  for (const cluster of items) {
    await attempt(`cluster "${cluster.metadata.name}"`, () => resealCluster(installation, cluster));
  }
  // What an earlier rotation left that was killed: revisions under the key before.
  await attempt('what was superseded in clusters/', async () => {
    await state.clusters.clear();
    return undefined;
  });
  if (!names) await attempt(`the signing key (${signingKeyObject})`, () => resealSigningKey(installation));
  if (rotation.sealedAgain.length > 0) {
    await record(installation, { action: 'seal again', what: 'secrets', name: rotation.keyId });
  }
  return rotation;
}

/** Under which keys the kubeconfigs and the signing key are. Of what cannot be read the key is `unknown`. */
export async function sealedThings(installation: Installation): Promise<SealedThing[]> {
  const { state, sealing } = installation;
  const { items, unreadable } = await state.clusters.list();
  const thing = (what: string, sealed: Sealed | undefined): SealedThing[] =>
    sealed ? [{ what, keyId: keyIdOf(sealed), current: isCurrent(sealed, sealing) }] : [];
  const unknown = (what: string): SealedThing => ({ what, keyId: 'unknown', current: false });
  const signingKey = `the signing key (${signingKeyObject})`;
  return [
    ...items.flatMap(({ metadata, spec }) => thing(`cluster "${metadata.name}"`, spec.sealedKubeconfig)),
    ...unreadable.map(({ name }) => unknown(`cluster "${name}"`)),
    ...(await sealedSigningKey(installation).then(
      (sealed) => thing(signingKey, sealed),
      () => [unknown(signingKey)],
    )),
  ];
}

async function resealCluster(
  installation: Installation,
  { metadata, spec }: ClusterManifest,
): Promise<boolean | undefined> {
  const { sealedKubeconfig: before, server } = spec;
  if (!before) return undefined;
  const { id, sealing, state } = installation;
  if (isCurrent(before, sealing)) return false;
  const { name } = metadata;
  const place = { installation: id, cluster: name, server };
  const kubeconfig = await openSealedKubeconfig(before, place, sealing);
  const again = await sealedCredentials(name, kubeconfig, installation);
  await openSealedKubeconfig(again.sealedKubeconfig, place, sealing);
  await state.clusters.change(
    name,
    (now) => ({ ...now, spec: { ...now.spec, ...again } }),
    ({ spec: now }) => {
      if (JSON.stringify(now.sealedKubeconfig) === JSON.stringify(before)) return;
      throw new LifeboatError('conflict', 'its credentials were changed meanwhile', { hint: 'run it again' });
    },
  );
  return true;
}
