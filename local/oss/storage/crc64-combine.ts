const polynomial = 0xc96c5795d7870f42n;

function times(matrix: readonly bigint[], vector: bigint): bigint {
  let sum = 0n;
  for (let index = 0, rest = vector; rest; index += 1, rest >>= 1n) if (rest & 1n) sum ^= matrix[index]!;
  return sum;
}

function squared(matrix: readonly bigint[]): bigint[] {
  return matrix.map((row) => times(matrix, row));
}

/**
 * CRC-64/XZ of A followed by B, from the two checksums and the length of B: the checksum of A is carried over `length`
 * zero bytes by squaring the matrix that carries it over one bit. So a multipart upload completes without reading its parts.
 */
export function combineCrc64(a: string, b: string, length: number): string {
  let oneBit = [polynomial, ...Array.from({ length: 63 }, (_, index) => 1n << BigInt(index))];
  for (let power = 0; power < 3; power += 1) oneBit = squared(oneBit);
  let carried = BigInt(a);
  for (let rest = BigInt(length), matrix = oneBit; rest; rest >>= 1n) {
    if (rest & 1n) carried = times(matrix, carried);
    if (rest > 1n) matrix = squared(matrix);
  }
  return (carried ^ BigInt(b)).toString();
}
