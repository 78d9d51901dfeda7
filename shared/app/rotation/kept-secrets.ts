import type { SanitisedKubeconfig } from '../../platform/kubernetes/kubeconfig';
import { kubeconfigText, openSealedKubeconfig, sealKubeconfig } from '../../platform/kubernetes/seal';
import { LifeboatError } from '../../platform/errors';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import type { NotificationManifest } from '../../formats/manifests/notification';
import { jsonValue } from '../../platform/input/parse';
import type { SigningKeyManifest } from '../../formats/manifests/signing-key';
import type { Vault } from '../../formats/manifests/vault';
import type { Target } from '../../operations/notifications/channel';
import { openTarget, sealTarget } from '../../operations/notifications/target';
import type { Installation } from '../installation';
import { openSigningSeed, sealSigningSeed } from '../secrets/signing-key';
import { sealVaultSecret, vaultAccess } from '../vaults/vault-credentials';

/** What is needed to open and to seal the secrets of an installation. */
export type SecretNeeds = Pick<Installation, 'id' | 'settings' | 'sealing' | 'clock' | 'random' | 'log'>;

/** How the secret of one kind of manifest is opened and sealed, whatever key it is under. */
interface KeptSecret<T> {
  open(manifest: T, needs: SecretNeeds): Promise<string>;
  seal(manifest: T, text: string, needs: SecretNeeds): Promise<unknown>;
}

const cluster: KeptSecret<ClusterManifest> = {
  async open({ metadata, spec }, { id, sealing }) {
    const binding = { installation: id, cluster: metadata.name, server: spec.server };
    return kubeconfigText(await openSealedKubeconfig(spec.sealedKubeconfig, binding, sealing));
  },
  async seal({ metadata, spec }, text, { id, sealing, random }) {
    const binding = { installation: id, cluster: metadata.name, server: spec.server };
    const kubeconfig = jsonValue(text, `cluster "${metadata.name}": its kubeconfig`) as SanitisedKubeconfig;
    return sealKubeconfig(kubeconfig, binding, sealing, random);
  },
};

const notification: KeptSecret<NotificationManifest> = {
  async open(manifest, { id, settings }) {
    return JSON.stringify(openTarget(id, manifest, notificationKey(settings)));
  },
  async seal({ metadata, spec }, text, { id, settings, random }) {
    const place = { installation: id, name: metadata.name, type: spec.type, host: spec.host };
    const target = jsonValue(text, `notification "${metadata.name}": its target`) as Target;
    return sealTarget(target, place, notificationKey(settings), random);
  },
};

const vault: KeptSecret<Vault> = {
  async open(manifest, needs) {
    const credentials = async () => ({ accessKeyId: '', accessKeySecret: '' });
    return (await vaultAccess({ ...needs, credentials })(manifest).credentials()).accessKeySecret;
  },
  async seal({ metadata, spec }, text, needs) {
    const place = { name: metadata.name, bucket: spec.bucket, accessKeyId: spec.accessKey?.id ?? '' };
    return sealVaultSecret(text, place, needs);
  },
};

const signingKey: KeptSecret<SigningKeyManifest> = {
  open: (manifest, needs) => openSigningSeed(manifest, needs),
  seal: ({ publicKey }, text, needs) => sealSigningSeed(publicKey, text, needs),
};

/** Opens what is sealed in a manifest of the state. @param key of the manifest: `clusters/a.json` */
export async function openKeptSecret(key: string, manifest: unknown, needs: SecretNeeds): Promise<string> {
  return keeperOf(key).open(manifest, needs);
}

/** Seals a secret for its manifest, under the keys at hand. */
export async function sealKeptSecret(
  key: string,
  manifest: unknown,
  text: string,
  needs: SecretNeeds,
): Promise<unknown> {
  return keeperOf(key).seal(manifest, text, needs);
}

function keeperOf(key: string): KeptSecret<unknown> {
  const [folder = ''] = key.split('/');
  const keepers: Record<string, KeptSecret<never>> = {
    clusters: cluster,
    notifications: notification,
    vaults: vault,
    keys: signingKey,
  };
  const keeper = Object.hasOwn(keepers, folder) ? keepers[folder] : undefined;
  if (keeper) return keeper as unknown as KeptSecret<unknown>;
  throw new LifeboatError('invalid', `this version does not know what is sealed in ${key}`, {
    hint: 'update Lifeboat',
  });
}

function notificationKey({ notificationKey: key }: SecretNeeds['settings']): string {
  if (key !== undefined) return key;
  throw new LifeboatError('invalid', 'LIFEBOAT_NOTIFICATION_KEY is not set', {
    hint: 'set it: the targets of notifications are sealed with it',
  });
}
