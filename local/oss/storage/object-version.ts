/** A file of the bodies folder: immutable, owned by one object version (a copy is a hard link). */
export interface Segment {
  file: string;
  size: number;
}

/** One version of an object; on a bucket that never had versioning, the only one, with the id `null`. */
export interface ObjectVersion {
  versionId: string;
  deleteMarker?: boolean;
  type: 'Normal' | 'Multipart' | 'Appendable';
  size: number;
  /** Without quotes. */
  etag: string;
  /** Of the whole object; absent where a part was copied. */
  crc64?: string;
  /** ISO, whole seconds, as OSS keeps it. */
  lastModified: string;
  /** Headers sent back as they were stored: Content-Type, Cache-Control, x-oss-meta-*, encryption, storage class. */
  headers: Record<string, string>;
  body: Segment[];
  /** The upload that it was completed from: one that is still there after a kill has ended all the same. */
  uploadId?: string;
}

/** Everything kept about one key, in one file, newest version first: a change of a key is one rename. */
export interface KeyRecord {
  key: string;
  versions: ObjectVersion[];
}
