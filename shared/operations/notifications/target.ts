import type { Random } from '../../platform/clock';
import { refusalOfHost } from '../../platform/kubernetes/server-address';
import { LifeboatError } from '../../platform/errors';
import type { ChannelType, NotificationManifest } from '../../formats/manifests/notification';
import { jsonValue } from '../../platform/input/parse';
import { type Binding, type Sealed, seal, unseal } from '../../platform/seal/seal';
import type { Target } from './channel';
import { channels } from './channels';
import { allowedUrl, isLoopback } from './guarded-call';

/** What a sealed target belongs to. One that is moved elsewhere does not open. */
export interface TargetPlace {
  /** Id of the installation. */
  installation: string;
  name: string;
  type: ChannelType;
  host: string;
}

/** Checks where a channel is to send; answers with its host. Throws `invalid` saying what is wrong, and nothing of the target. */
export function checkTarget(
  what: string,
  type: ChannelType,
  { url, secret }: Target,
  local: boolean,
): string {
  const allowed = allowedUrl({ what, url, local });
  const { host } = allowed;
  // Where a name leads is looked at when the connection is made.
  const leads = refusalOfHost(allowed.hostname, { allowLoopback: local, publicOnly: !local });
  if (leads) {
    throw new LifeboatError('invalid', `${what}: ${host} is ${leads}`, {
      hint: 'give an address on the Internet',
    });
  }
  const { hosts, secret: signs, holdsToken } = channels[type];
  if (hosts && !hosts.includes(host) && !(local && isLoopback(allowed))) {
    throw new LifeboatError('invalid', `${what}: ${host} is not where ${type} takes messages`, {
      hint: `its URL starts with https://${hosts[0]}/`,
    });
  }
  if (hosts?.includes(host) && holdsToken && !holdsToken.test(`${allowed.pathname}${allowed.search}`)) {
    throw new LifeboatError('invalid', `${what}: the URL does not say which ${type} robot or hook is meant`, {
      hint: `copy the whole of it from ${type}, with its token`,
    });
  }
  if (signs === 'required' && !secret) {
    throw new LifeboatError('invalid', `${what}: a ${type} is signed, and there is no secret`, {
      hint: 'give one on the second line: `openssl rand -base64 32` makes one',
    });
  }
  if (signs === undefined && secret) {
    throw new LifeboatError('invalid', `${what}: ${type} knows no secret`, { hint: 'give the URL alone' });
  }
  if (type === 'webhook' && secret?.startsWith('whsec_') && !isWebhookSecret(secret)) {
    throw new LifeboatError('invalid', `${what}: the secret starts with whsec_ and is not base64`, {
      hint: 'copy the whole of it, or make one with `openssl rand -base64 32`',
    });
  }
  return host;
}

function isWebhookSecret(secret: string): boolean {
  return /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret);
}

export function sealTarget(target: Target, place: TargetPlace, key: string, random: Random): Sealed {
  return seal(JSON.stringify(target), binding(place), key, random);
}

/** Throws `denied` for another key, `corrupt` for a target that was changed or moved. */
export function openTarget(
  installation: string,
  { metadata, spec }: NotificationManifest,
  key: string,
): Target {
  const { type, host, sealedTarget } = spec;
  const words = { what: `notification "${metadata.name}": its target`, remedy: 'add the notification again' };
  const place = { installation, name: metadata.name, type, host };
  return jsonValue(unseal(sealedTarget, binding(place), key, words), words.what) as Target;
}

function binding({ installation, name, type, host }: TargetPlace): Binding {
  return ['lifeboat-notification', installation, name, type, host];
}
