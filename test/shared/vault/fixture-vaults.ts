import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryBucket, MemoryStore } from './memory-store';

const root = join(__dirname, '../../../../shared/fixtures/velero');

/** Vaults written by real Velero servers, beside the checkout; empty where they are absent. */
export function fixtureVaults(): { server: string; store: MemoryStore; backups: string[] }[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, 'vault')))
    .map((server) => {
      const directory = join(root, server, 'vault');
      const bucket = new MemoryBucket();
      for (const key of readdirSync(directory, { recursive: true }) as string[]) {
        const path = join(directory, key);
        if (statSync(path).isFile()) bucket.write(key, readFileSync(path));
      }
      return { server, store: new MemoryStore(bucket), backups: readdirSync(join(directory, 'backups')) };
    });
}
