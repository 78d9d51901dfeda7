import { gzipSync } from 'node:zlib';

/** A tar entry, hostile where it is told to be. */
export interface RawEntry {
  path: string;
  body?: Buffer | string;
  type?: string;
  /** What the header claims, where it lies. */
  size?: number | bigint;
  linkname?: string;
  mode?: string;
  /** `ustar\u000000` where nothing is said. */
  magic?: string;
  prefix?: string;
}

/** A tar entry as bytes, written here by the format's description alone. */
export function tarEntry(entry: RawEntry): Buffer {
  const body = Buffer.from(entry.body ?? '');
  const header = Buffer.alloc(512);
  header.write(entry.path, 0, 100);
  header.write(`${entry.mode ?? '0000755'}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  const size = entry.size ?? body.length;
  if (typeof size === 'number' && size < 8 ** 11)
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136);
  header.fill(' ', 148, 156);
  header.write(entry.type ?? '0', 156);
  header.write(entry.linkname ?? '', 157, 100);
  header.write(entry.magic ?? 'ustar\u000000', 257);
  header.write(entry.prefix ?? '', 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** A PAX header of these records, to stand before an entry. */
export function paxHeader(records: Record<string, string>): Buffer {
  const body = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = Buffer.byteLength(rest) + 1;
      while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
      return `${length}${rest}`;
    })
    .join('');
  return tarEntry({ path: 'PaxHeaders.0/x', type: 'x', body });
}

export const trailer = Buffer.alloc(1024);

export function tarGz(...pieces: Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...pieces, trailer]));
}

/** A ConfigMap on its classic path. */
export function configMap(namespace: string, name: string, data: Record<string, string> = {}): Buffer {
  return tarEntry({
    path: `resources/configmaps/namespaces/${namespace}/${name}.json`,
    body: configMapJson(namespace, name, data),
  });
}

export function configMapJson(namespace: string, name: string, data: Record<string, string> = {}): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
}
