import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Random } from '../../../shared/platform/clock';
import { makeServerCertificates, type ServerCertificates } from '../../certificates';
import { replaceFile } from '../folder/yaml-folder';

/** What a client knows a sandbox by: its CA and certificate, and the administrator's token. */
export interface Identity {
  certificate: ServerCertificates;
  token: string;
}

/** A new identity, or the one kept in the folder, so that a kubeconfig outlives a restart on the same port. */
export async function openIdentity(
  directory: string | undefined,
  { clock, random }: { clock: Clock; random: Random },
): Promise<Identity> {
  const path = directory === undefined ? undefined : join(directory, 'identity.json');
  if (path) {
    const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (kept) return JSON.parse(kept) as Identity;
  }
  const identity: Identity = {
    certificate: await makeServerCertificates(
      { dns: ['localhost'], ip: ['127.0.0.1'] },
      { name: 'sandbox-cluster-ca', now: clock.now() },
    ),
    token: random.bytes(16).toString('hex'),
  };
  if (path) await replaceFile(path, JSON.stringify(identity, null, 2));
  return identity;
}
