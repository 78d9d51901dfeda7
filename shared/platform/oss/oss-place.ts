import type { OssConnection } from './oss-connection';

/** A connection at a prefix: what the parts of the adapter work on. */
export class OssPlace {
  constructor(
    readonly connection: OssConnection,
    readonly bucket: string,
    /** Ends with `/`, or is empty. */
    readonly prefix: string,
  ) {}

  /** The bucket's name for a key of ours. */
  full(key: string): string {
    return this.prefix + key;
  }

  /** Our key for the bucket's name; undefined for names outside the prefix. */
  relative(name: string): string | undefined {
    return name.startsWith(this.prefix) ? name.slice(this.prefix.length) : undefined;
  }

  /** For messages: `oss://bucket/prefix/key`. */
  describe(key: string): string {
    return `oss://${this.bucket}/${this.prefix}${key}`;
  }
}
