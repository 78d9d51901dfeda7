import { sha256Hex } from '../../../platform/sha256';
import type { Backup } from '../../manifests/velero';
import { encodeBackup } from '../velero-backup';

/** SHA-256 of the catalogue, which in turn holds those of all other objects. */
const catalogueAnnotation = 'lifeboat/catalogue-sha256';
/** SHA-256 of `velero-backup.json` itself, taken while zeros stood in this place. */
const ownAnnotation = 'lifeboat/backup-sha256';
const zeros = '0'.repeat(64);

/**
 * Final bytes of `velero-backup.json`, sealed: with annotations, which Velero keeps and never looks at, from which the whole
 * backup can be proved out of the vault alone. The manifest proves itself and the catalogue, the catalogue all else.
 * @param catalogue final bytes of the catalogue's object
 */
export function sealedBackup(backup: Backup, catalogue: Buffer): Buffer {
  const annotations = {
    ...backup.metadata.annotations,
    [catalogueAnnotation]: sha256Hex(catalogue),
    [ownAnnotation]: zeros,
  };
  const blank = encodeBackup({ ...backup, metadata: { ...backup.metadata, annotations } }).toString('utf8');
  return Buffer.from(withDigest(blank, sha256Hex(Buffer.from(blank))));
}

/** What a `velero-backup.json` says of itself. */
export type Seal =
  | { state: 'absent' }
  /** These are not the bytes that were written. */
  | { state: 'broken' }
  | { state: 'whole'; catalogueSha256: string };

export function readSeal(manifest: Buffer): Seal {
  const text = manifest.toString('utf8');
  const catalogue = digestIn(text, catalogueAnnotation);
  const own = digestIn(text, ownAnnotation);
  if (catalogue === undefined && own === undefined) return { state: 'absent' };
  if (catalogue === undefined || own === undefined) return { state: 'broken' };
  const blank = Buffer.from(withDigest(text, zeros));
  // A decoder lets bytes that are no UTF-8 through as one and the same sign.
  const whole = Buffer.from(text).equals(manifest) && sha256Hex(blank) === own;
  return whole ? { state: 'whole', catalogueSha256: catalogue } : { state: 'broken' };
}

/** In the text of a manifest; a quote within a string is written otherwise, so nothing else looks like it. */
function digestIn(text: string, annotation: string): string | undefined {
  return new RegExp(`"${annotation}": "([0-9a-f]{64})"`).exec(text)?.[1];
}

function withDigest(text: string, digest: string): string {
  return text.replace(new RegExp(`("${ownAnnotation}": ")[0-9a-f]{64}"`), `$1${digest}"`);
}
