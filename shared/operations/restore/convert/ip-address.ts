const decimal = /^\d+$/;

/**
 * An address as Kubernetes takes it since 1.36: without leading zeros, which older API servers read as decimal, IPv6 as
 * RFC 5952 writes it, IPv4 in IPv6 as IPv4. Text that is no address comes back as it is.
 */
export function canonicalAddress(text: string): string {
  const bytes = bytesOf(text);
  return bytes ? textOf(bytes) : text;
}

/** The same of a range, without bits beyond its prefix: `10.0.0.5/08` is `10.0.0.0/8`. */
export function canonicalRange(text: string): string {
  const [address = '', length = '', ...more] = text.trim().split('/');
  const bytes = bytesOf(address);
  if (!bytes || more.length > 0 || !decimal.test(length)) return text;
  const bits = Number(length) - (bytes.length === 4 && address.includes(':') ? 96 : 0);
  if (bits < 0 || bits > bytes.length * 8) return text;
  const masked = bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));
  return `${textOf(masked.map((byte) => byte & 0xff))}/${bits}`;
}

/** 4 bytes, or 16; IPv4 in IPv6 is 4. */
function bytesOf(text: string): number[] | undefined {
  if (!text.includes(':')) return dotted(text);
  const at = text.lastIndexOf(':') + 1;
  const tail = text.slice(at);
  const embedded = tail.includes('.') ? dotted(tail) : undefined;
  if (tail.includes('.') && !embedded) return undefined;
  const plain = embedded
    ? `${text.slice(0, at)}${hex(embedded[0]!, embedded[1]!)}:${hex(embedded[2]!, embedded[3]!)}`
    : text;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left!.length - (right?.length ?? 0);
  if (right ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left!, ...Array<string>(right ? missing : 0).fill('0'), ...(right ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  const isEmbedded = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return isEmbedded ? bytes.slice(12) : bytes;
}

function dotted(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => decimal.test(part) && Number(part) < 256))
    return undefined;
  return parts.map(Number);
}

function hex(high: number, low: number): string {
  return ((high << 8) | low).toString(16);
}

function textOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => hex(bytes[index * 2]!, bytes[index * 2 + 1]!));
  // The URL parser shortens the longest row of zeros, as RFC 5952 does.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
