import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { Change } from '../objects/collection';
import { readManifest, writeManifest } from './manifest-text';
import type { ServedResources } from '../kinds/served-resources';
import type { Storage } from '../objects/storage';
import type { StoredObject } from '../objects/stored-object';

const flushAfter = 200;

/**
 * Keeps the state as one YAML file an object, `<resource>/<namespace>/<name>.yaml` (cluster-scoped ones without the
 * middle part). Each file is replaced as a whole; changes are written a moment after they happen, and at `close`.
 */
export class YamlFolder {
  readonly #dirty = new Map<string, StoredObject | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: string,
    private readonly served: ServedResources,
  ) {}

  /** All objects in the folder, with apiVersion and kind; none where there is no folder. */
  async read(): Promise<KubeObject[]> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true }).catch(missing);
    const objects: KubeObject[] = [];
    for (const entry of entries) {
      const inside = entry.parentPath.slice(this.directory.length + 1);
      if (!entry.isFile() || !entry.name.endsWith('.yaml') || inside === '') continue;
      const path = join(entry.parentPath, entry.name);
      const object = readManifest(await readFile(path, 'utf8')) as KubeObject;
      if (!object?.kind || !object.apiVersion || !object.metadata?.name) {
        throw new Error(`${path} holds no Kubernetes object`);
      }
      objects.push(object);
    }
    return objects;
  }

  /** Writes from now on what changes. */
  follow(storage: Storage): void {
    storage.onChange((change) => this.note(change));
  }

  note({ type, object }: Change): void {
    const file = join(object.storage, object.namespace, `${encodeURIComponent(object.name)}.yaml`);
    this.#dirty.set(file, type === 'DELETED' ? undefined : object);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#flush());
    }, flushAfter);
  }

  /** Writes what has not been written yet. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const changes = [...this.#dirty];
    this.#dirty.clear();
    for (const [file, stored] of changes) {
      const path = join(this.directory, file);
      if (stored) await replaceFile(path, this.#text(stored));
      else await rm(path, { force: true });
    }
  }

  #text(stored: StoredObject): string {
    const resource = this.served.findStorage(stored.storage);
    const type = resource ? { apiVersion: apiVersionOf(resource), kind: resource.kind } : {};
    return writeManifest({ ...type, ...stored.object() });
  }
}

/** Writes a file so that a reader sees the old or the new one, never a part. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  await writeFile(part, text, { mode: 0o600 });
  await rename(part, path);
}

function missing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
