import type { OssServer } from '../../local/oss/server';
import type { Installation } from '../../shared/app/installation';
import type { ObjectStore } from '../../shared/platform/oss/port';
import { expectVeleroCanRead } from '../checker/expect-velero-can-read';

/** Opens a place in a bucket as an installation opens a vault. */
export function vaultOpener(installation: Installation, region: string) {
  return (bucket: string, prefix: string): ObjectStore =>
    installation.openVaultStore({
      kind: 'Vault',
      metadata: { name: 'checked' },
      spec: { region, bucket, subdirectory: prefix.replace(/\/$/, ''), networkType: 'public' },
    });
}

interface Landed {
  bucket: string;
  /** Of the vault, empty or ending with `/`. */
  prefix: string;
  name: string;
}

/**
 * Every backup of ours that lands in a bucket, however a test had it made, is held against the rules that Velero reads a
 * vault by. The harnesses do so after each step of theirs and at their end: a test cannot go round it. Each is checked
 * once, so that a test may damage it afterwards.
 */
export class CheckedBackups {
  readonly #seen = new Set<string>();
  #landed: Landed[] = [];

  /** @param open a store on a prefix of a bucket of that server */
  constructor(
    oss: OssServer,
    buckets: readonly string[],
    private readonly open: (bucket: string, prefix: string) => ObjectStore,
  ) {
    for (const bucket of buckets) {
      const filter = { bucket, events: ['oss:ObjectCreated:*'], prefix: '', suffix: '/velero-backup.json' };
      oss.subscribe(filter, (message) => this.#take(bucket, message));
    }
  }

  /** Checks what landed since the last time. */
  async check(): Promise<void> {
    // A delivery does not wait for the call that caused it, nor the other way round.
    await new Promise((resolve) => setImmediate(resolve));
    const landed = this.#landed;
    this.#landed = [];
    for (const { bucket, prefix, name } of landed) {
      const vault = this.open(bucket, prefix);
      const directory = `backups/${name}/`;
      const ours = await vault.head(`${directory}${name}-lifeboat.json.gz`);
      // What a real Velero or a test itself has written is not ours to answer for; what is deleted is gone.
      if (ours && (await vault.head(`${directory}velero-backup.json`)))
        await expectVeleroCanRead(vault, name);
    }
  }

  #take(bucket: string, message: Buffer): void {
    const { events } = JSON.parse(message.toString()) as { events: { oss: { object: { key: string } } }[] };
    for (const { oss } of events) {
      const { key } = oss.object;
      const [, prefix = '', name] = /^(.*\/)?backups\/([^/]+)\/velero-backup\.json$/.exec(key) ?? [];
      if (name === undefined || this.#seen.has(`${bucket}/${key}`)) continue;
      this.#seen.add(`${bucket}/${key}`);
      this.#landed.push({ bucket, prefix, name });
    }
  }
}
