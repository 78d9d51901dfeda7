import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OssServer, type OssServerOptions, startOssServer } from '../../../../local/oss/server';
import { installationOfEnvironment } from '../../../../shared/app/from-environment';
import type { Installation } from '../../../../shared/app/installation';
import { systemRandom } from '../../../../shared/platform/system';

export const person = { accessKeyId: 'person', accessKeySecret: 'person-secret' };

/** OSS of one region on this machine. */
export async function startRegion(
  region: string,
  options: Partial<OssServerOptions> = {},
): Promise<OssServer & { stop(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-region-'));
  const server = await startOssServer({ directory, region, credentials: [person], ...options });
  return {
    ...server,
    stop: async () => {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** An installation of cn-hangzhou whose state lies in the bucket `state`; its workers are started by nobody. */
export async function openAt(oss: OssServer, more: Record<string, string> = {}): Promise<Installation> {
  const installation = await installationOfEnvironment({
    LIFEBOAT_STATE: 'oss://state/lifeboat',
    LIFEBOAT_REGION: 'cn-hangzhou',
    LIFEBOAT_ACCOUNT_ID: '1000000000000001',
    LIFEBOAT_SEAL_KEY: systemRandom.bytes(32).toString('base64'),
    LIFEBOAT_VAULT_KEY: Buffer.alloc(32, 3).toString('base64'),
    LIFEBOAT_OSS_ENDPOINT: oss.endpoint,
    LIFEBOAT_LOCAL: '1',
    ALIBABA_CLOUD_ACCESS_KEY_ID: person.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: person.accessKeySecret,
    ...more,
  });
  return { ...installation, dispatcher: { start: async () => 'sent' } };
}

export function vaultAt(name: string, spec: object) {
  return { kind: 'Vault', metadata: { name }, spec: { region: 'cn-hangzhou', bucket: 'vault', ...spec } };
}

/** Every key of a bucket's store. */
export async function keysOf(store: { list: Installation['state']['store']['list'] }): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of store.list('')) keys.push(...page.objects.map(({ key }) => key));
  return keys.sort();
}
