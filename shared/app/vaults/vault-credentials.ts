import type { Clock, Random } from '../../platform/clock';
import { LifeboatError } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import type { Vault } from '../../formats/manifests/vault';
import { assumeRole, stsEndpoint } from '../../platform/alibaba/assume-role';
import { type Binding, type Sealed, seal, unseal } from '../../platform/seal/seal';
import { CredentialsSource, type OssCredentials } from '../../platform/oss/oss-credentials';
import type { OssAccess } from '../../platform/oss/oss-store';
import { requireVaultKey, type Settings } from '../settings';

interface Needs {
  /** Id of the installation. */
  id: string;
  settings: Settings;
  /** Of the function's role or of the person: they assume the roles of vaults, and use the vaults without either. */
  credentials(): Promise<OssCredentials>;
  clock: Clock;
  random: Random;
  log: Log;
}

/** Seals the secret of a vault's own access key for this installation, vault and bucket, and no other. */
export function sealVaultSecret(
  secret: string,
  vault: { name: string; bucket: string; accessKeyId: string },
  { id, settings, random }: Pick<Needs, 'id' | 'settings' | 'random'>,
): Sealed {
  if (!/^[\x21-\x7e]{8,256}$/.test(secret)) {
    throw new LifeboatError('invalid', `vault "${vault.name}": the access key's secret is not one`, {
      hint: 'give the secret alone, as RAM showed it when the key was made',
    });
  }
  return seal(secret, boundTo(id, vault), requireVaultKey(settings), random);
}

/**
 * How vaults are used: by their own key, by their role, or by the credentials at hand. A role's token is kept for all that
 * open its vault through the same answer, and asked for anew a quarter of an hour before it ends.
 */
export function vaultAccess(needs: Needs): (vault: Vault) => OssAccess {
  const { id, settings, credentials } = needs;
  const roles = new Map<string, CredentialsSource>();
  return (vault) => {
    const { role, accessKey } = vault.spec;
    const allowInsecureLoopback = settings.local;
    if (accessKey)
      return { credentials: async () => openAccessKey(vault, id, settings), allowInsecureLoopback };
    if (!role) return { credentials, allowInsecureLoopback };
    const key = JSON.stringify(role);
    const source = roles.get(key) ?? roleSource(role, needs);
    roles.set(key, source);
    return {
      allowInsecureLoopback,
      async credentials() {
        // How long they were valid counted from when they were given to the source.
        const { validFor: _, ...current } = await source.current();
        return current;
      },
      refused: (refused) => source.expire(refused),
    };
  };
}

function roleSource(
  role: NonNullable<Vault['spec']['role']>,
  { id, settings, credentials, clock, random, log }: Needs,
): CredentialsSource {
  const endpoint = settings.stsEndpoint ?? stsEndpoint(settings.region, settings.networkType === 'internal');
  const session = `lifeboat-${id}`.replace(/[^\w.@-]/g, '-').slice(0, 64);
  const ask = () => assumeRole({ endpoint, credentials, clock, random }, { ...role, session });
  return new CredentialsSource(ask, clock, log);
}

function openAccessKey({ metadata, spec }: Vault, id: string, settings: Settings): OssCredentials {
  const { id: accessKeyId, sealedSecret } = spec.accessKey!;
  const place = { name: metadata.name, bucket: spec.bucket, accessKeyId };
  const words = {
    what: `vault "${metadata.name}": the secret of its access key`,
    remedy: 'delete the vault and add it again; its backups stay',
  };
  return {
    accessKeyId,
    accessKeySecret: unseal(sealedSecret, boundTo(id, place), requireVaultKey(settings), words),
  };
}

function boundTo(
  installation: string,
  { name, bucket, accessKeyId }: { name: string; bucket: string; accessKeyId: string },
): Binding {
  return ['lifeboat-vault-access-key', installation, name, bucket, accessKeyId];
}
