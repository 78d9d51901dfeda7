const polynomial = 0xc96c5795d7870f42n;
/** The highest bit is x^0: CRC-64/XZ is reflected. */
const one = 1n << 63n;
const x = 1n << 62n;

/** The product of two polynomials modulo that of the checksum. */
function times(left: bigint, right: bigint): bigint {
  let sum = 0n;
  for (let bit = one, shifted = right; bit; bit >>= 1n) {
    if (left & bit) sum ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return sum;
}

/**
 * CRC-64/XZ of A followed by B, from the two checksums and the length of B: to carry the checksum of A over the bits of B is
 * to multiply it by x as often. So a multipart upload completes without reading its parts.
 */
export function combineCrc64(a: string, b: string, length: number): string {
  let carried = BigInt(a);
  for (let bits = BigInt(length) * 8n, power = x; bits; bits >>= 1n, power = times(power, power)) {
    if (bits & 1n) carried = times(power, carried);
  }
  return (carried ^ BigInt(b)).toString();
}
