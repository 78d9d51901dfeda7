import { gunzipSync, type Zlib } from 'node:zlib';
import type { Require } from './rules';

/** The content of a gzip file of one member or more; undefined, with the breach noted, when it is not whole. */
export function readGzip(bytes: Buffer, require: Require): Buffer | undefined {
  try {
    // With `info` the engine comes along, and says how much of the input it used.
    const answer = gunzipSync(bytes, { info: true }) as unknown as { buffer: Buffer; engine: Zlib };
    const used = (answer.engine as unknown as { bytesWritten: number }).bytesWritten;
    require(used === bytes.length, 'file-gzip', `${bytes.length - used} bytes behind its end`);
    return answer.buffer;
  } catch (error) {
    require(false, 'file-gzip', String((error as NodeJS.ErrnoException).code ?? error));
    return undefined;
  }
}

/** The JSON in a gzip file; undefined, with the breach noted, when there is none. */
export function readGzipJson(bytes: Buffer, require: Require): unknown {
  const text = readGzip(bytes, require);
  if (!text) return undefined;
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    require(false, 'file-json', 'something else');
    return undefined;
  }
}
