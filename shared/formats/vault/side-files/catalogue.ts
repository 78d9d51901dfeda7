import type { ArchiveMember } from '../archive-types';

/**
 * `<name>-lifeboat.json.gz`: what we know of a backup of ours beyond Velero's files.
 * It is written with the side files, before `velero-backup.json`, which holds its SHA-256 (backup-seal.ts).
 */
export interface Catalogue {
  kind: 'Catalogue';
  /** Version of this shape. */
  format: 1;
  installation: string;
  /** uid of the source's kube-system namespace. */
  clusterUid: string;
  cluster: string;
  serverVersion: string;
  /** Preferred versions by `apiVersion/Kind` as they were served. */
  apiVersions: Record<string, string>;
  /** Every other object of the backup but `velero-backup.json` and this one, by its key in the vault (`backups/shop-1/…`). */
  objects: Record<string, CataloguedObject>;
  members: ArchiveMember[];
  /** Objects by group-resource. */
  counts: Record<string, number>;
}

/** Proof of one object of a backup. */
export interface CataloguedObject {
  size: number;
  /** Hex. */
  sha256: string;
  /** Decimal CRC-64/XZ. */
  crc64: string;
}
