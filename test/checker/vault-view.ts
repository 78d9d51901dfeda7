import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A vault as the checker sees it: keys relative to the vault, and bytes. */
export interface VaultView {
  keys(): Promise<string[]>;
  get(key: string): Promise<Buffer>;
}

/** What the checker needs of an object store. */
export interface Listable {
  list(prefix: string): AsyncIterable<{ objects: { key: string }[] }>;
  get(key: string): Promise<{ body: Buffer }>;
}

/** A vault in a directory (its path) or in a store. */
export function viewOf(vault: string | Listable | VaultView): VaultView {
  if (typeof vault === 'string') return directoryView(vault);
  return 'keys' in vault ? vault : storeView(vault);
}

function directoryView(root: string): VaultView {
  return {
    keys: async () =>
      existsSync(root)
        ? (readdirSync(root, { recursive: true }) as string[])
            .filter((path) => statSync(join(root, path)).isFile())
            .map((path) => path.split(sep).join('/'))
            .sort()
        : [],
    get: async (key) => readFileSync(join(root, key)),
  };
}

function storeView(store: Listable): VaultView {
  return {
    async keys() {
      const keys: string[] = [];
      for await (const page of store.list('')) for (const { key } of page.objects) keys.push(key);
      return keys.sort();
    },
    get: async (key) => (await store.get(key)).body,
  };
}
