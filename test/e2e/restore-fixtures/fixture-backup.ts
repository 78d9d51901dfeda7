import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { parseExactly } from '../../../local/proof/exact-json';

const root = join(__dirname, '../../fixtures/velero');

/** A parsed object of any kind; numbers that JavaScript cannot hold are text, see parseExactly. */
export interface FixtureObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: OwnerReference[];
    [field: string]: unknown;
  };
  // biome-ignore lint/suspicious/noExplicitAny: rules reach into objects of every kind
  [field: string]: any;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

/** An object of an archive, from its classic path. */
export interface FixtureItem {
  /** `configmaps shop/settings` */
  key: string;
  groupResource: string;
  object: FixtureObject;
}

/** What Velero's volume info says of a claim. */
export interface FixtureVolume {
  pvcNamespace: string;
  pvcName: string;
  pvName: string;
  backupMethod?: 'PodVolumeBackup' | 'CSISnapshot' | 'NativeSnapshot';
  csiSnapshotInfo?: { snapshotHandle: string };
  skipped: boolean;
}

/** A backup in the vault of a real Velero, read by tar-stream. */
export interface FixtureBackup {
  items: Map<string, FixtureItem>;
  volumes: FixtureVolume[];
  /** The same object in `objects/`, taken from the cluster after the backups; by uid. */
  seenLater: ReadonlyMap<string, FixtureObject>;
}

export async function fixtureBackup(generation: string, name: string): Promise<FixtureBackup> {
  const directory = join(root, generation, 'vault/backups', name);
  const volumeInfo = gunzipSync(readFileSync(join(directory, `${name}-volumeinfo.json.gz`))).toString();
  return {
    items: await itemsIn(readFileSync(join(directory, `${name}.tar.gz`))),
    volumes: (JSON.parse(volumeInfo) ?? []) as FixtureVolume[],
    seenLater: seenLater(generation),
  };
}

async function itemsIn(archive: Buffer): Promise<Map<string, FixtureItem>> {
  const items = new Map<string, FixtureItem>();
  const unpack = extract();
  Readable.from([gunzipSync(archive)]).pipe(unpack);
  for await (const entry of unpack) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    const [, groupResource = '', scope = ''] = entry.header.name.split('/');
    if (scope !== 'cluster' && scope !== 'namespaces') continue;
    const object = parseExactly(Buffer.concat(parts).toString()) as FixtureObject;
    const key = `${groupResource} ${placeOf(object)}`;
    items.set(key, { key, groupResource, object });
  }
  return items;
}

/** `namespace/name`, or the name alone. */
export function placeOf({ metadata: { namespace, name } }: FixtureObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The lists of `objects/` hold no apiVersion and kind in their items: those of the list are theirs. */
function seenLater(generation: string): Map<string, FixtureObject> {
  const folder = join(root, generation, 'objects');
  const seen = new Map<string, FixtureObject>();
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const packed = readFileSync(join(folder, file));
    const text = (file.endsWith('.gz') ? gunzipSync(packed) : packed).toString();
    const { apiVersion, kind, items } = parseExactly(text) as {
      apiVersion: string;
      kind: string;
      items: FixtureObject[];
    };
    for (const item of items ?? []) {
      seen.set(item.metadata.uid, { ...item, apiVersion, kind: kind.replace(/List$/, '') });
    }
  }
  return seen;
}
