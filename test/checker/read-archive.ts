import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { readGzip } from './read-gzip';
import type { Require } from './rules';

export interface Entry {
  path: string;
  type: string;
  mode: number;
  /** `uid gid uname gname` */
  owner: string;
  body: Buffer;
}

const blockBytes = 512;

/** Every entry of a `.tar.gz` in its order; undefined, with the breach noted, when it is none. */
export async function readArchive(bytes: Buffer, require: Require): Promise<Entry[] | undefined> {
  const tar = readGzip(bytes, require);
  if (!tar) return undefined;
  const problem = trailerProblem(tar);
  if (!require(problem === undefined, 'archive-tar', problem ?? '')) return undefined;
  const entries: Entry[] = [];
  const unpack = extract();
  Readable.from([tar]).pipe(unpack);
  try {
    for await (const entry of unpack) {
      const parts: Buffer[] = [];
      for await (const part of entry) parts.push(part as Buffer);
      const { name, type, mode, uid, gid, uname, gname } = entry.header;
      entries.push({
        path: name,
        type: type ?? 'file',
        mode: mode ?? 0,
        owner: [uid, gid, uname, gname].join(' ').trim(),
        body: Buffer.concat(parts),
      });
    }
  } catch (error) {
    require(false, 'archive-tar', String(error));
    return undefined;
  }
  return entries;
}

/** Readers stop at the first empty block: what comes after it is lost without a word. */
function trailerProblem(tar: Buffer): string | undefined {
  if (tar.length % blockBytes !== 0) return `${tar.length} bytes`;
  let offset = 0;
  while (offset < tar.length) {
    const header = tar.subarray(offset, offset + blockBytes);
    if (header.every((byte) => byte === 0)) break;
    const size = Number.parseInt(header.toString('latin1', 124, 136).replace(/[\0 ]+$/, ''), 8);
    if (Number.isNaN(size)) return `no size at byte ${offset}`;
    offset += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
  if (offset > tar.length) return 'cut off';
  const rest = tar.subarray(offset);
  return rest.every((byte) => byte === 0) ? undefined : `entries behind the trailer at byte ${offset}`;
}
