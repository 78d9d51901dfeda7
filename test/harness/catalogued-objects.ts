import type { CataloguedObject } from '../../shared/formats/vault/side-files/catalogue';
import { backupKeys } from '../../shared/formats/vault/layout';

/** The `objects` of a catalogue that knows the archive alone. */
export function cataloguedArchive(name: string, archive: CataloguedObject): Record<string, CataloguedObject> {
  const { size, sha256, crc64 } = archive;
  return { [backupKeys(name).archive]: { size, sha256, crc64 } };
}
