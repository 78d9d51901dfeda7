import { createHash } from 'node:crypto';
import { silentLog } from '../../../../shared/platform/log/log';
import type { Lease } from '../../../../shared/formats/state/leases/lease-types';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import type { CopyWork } from '../../../../shared/operations/copy/copy-backup';

export function leaseOf(attempt: number): Lease {
  return {
    attempt,
    signal: new AbortController().signal,
    renew: async () => {},
    ensure: async () => {},
    release: () => {},
  };
}

/** One attempt at copying `shop-1`. */
export function workOf(
  stores: { from: ObjectStore; to: ObjectStore; run: ObjectStore },
  more: Partial<CopyWork> = {},
): CopyWork {
  return {
    name: 'shop-1',
    ...stores,
    origin: {
      installation: 'i1',
      from: { vault: 'main', region: 'cn-hangzhou', bucket: 'near', prefix: 'team/' },
    },
    isDeleted: async () => false,
    lease: leaseOf(1),
    progress: () => {},
    log: silentLog,
    beforeVisible: async () => {},
    ...more,
  };
}

/** Every object of a store by its key: length and SHA-256. */
export async function contentOf(store: ObjectStore): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const page of store.list(''))
    for (const { key } of page.objects) {
      const { body } = await store.get(key);
      content.set(key, `${body.length} ${createHash('sha256').update(body).digest('hex')}`);
    }
  return content;
}
