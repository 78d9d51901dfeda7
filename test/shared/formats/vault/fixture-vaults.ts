import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';

const root = join(__dirname, '../../../fixtures/velero');

/** Vaults written by real Velero servers. */
export function fixtureVaults(): { server: string; store: MemoryStore; backups: string[] }[] {
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
