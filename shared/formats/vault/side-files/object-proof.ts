import { sha256Hex } from '../../../platform/sha256';
import { Crc64 } from '../../../platform/oss/crc64';
import type { CataloguedObject } from '../side-files/catalogue';

/** Length, SHA-256 and CRC-64 of some bytes. */
export function proofOf(bytes: Buffer): CataloguedObject {
  const crc64 = new Crc64();
  crc64.update(bytes);
  return {
    size: bytes.length,
    sha256: sha256Hex(bytes),
    crc64: crc64.digest(),
  };
}
