/**
 * What an archive may be. The vault is hostile input: a reader keeps to these whatever the archive says of itself.
 * The largest honest object is bound by etcd (1.5 MB by default) and the API server's request limit (3 MB).
 */
export interface ArchiveLimits {
  /** Of one file. */
  entryBytes: number;
  /** Of a PAX header or a GNU long name. */
  extendedHeaderBytes: number;
  /** Files of all kinds: each object has two copies, and more when every API version is stored. */
  entries: number;
  /** Of everything, unpacked. */
  totalBytes: number;
  /** Unpacked to packed, judged once `ratioFromBytes` are unpacked: JSON reaches 100, deflate's bombs 1,000. */
  ratio: number;
  ratioFromBytes: number;
  /** One gzip member of an archive of ours, packed or unpacked. */
  memberBytes: number;
  /** The same, of an archive that is proved to be ours: earlier releases wrote objects of any size. */
  provedMemberBytes: number;
  /** Brackets within brackets in an object's JSON. */
  depth: number;
}

export const archiveLimits: ArchiveLimits = {
  entryBytes: 8 << 20,
  extendedHeaderBytes: 64 << 10,
  entries: 10_000_000,
  totalBytes: 256 * 2 ** 30,
  ratio: 400,
  ratioFromBytes: 64 << 20,
  memberBytes: 32 << 20,
  provedMemberBytes: 128 << 20,
  depth: 1_000,
};
