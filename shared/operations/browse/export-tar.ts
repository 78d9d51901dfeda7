import { blockBytes, padding, TarHeaders, tarPlace } from '../../formats/vault/tar/tar-header';
import { type CleanObject, pathOf } from './export-backup';
import { yamlOf } from './yaml';

/** The files of an export as a tar, without compression. @param counted gets the number of objects */
export async function* tarOf(
  objects: AsyncIterable<CleanObject>,
  counted: { count: number },
): AsyncGenerator<Buffer, void> {
  const headers = new TarHeaders(0);
  for await (const item of objects) {
    const body = Buffer.from(yamlOf(item.object));
    const place = tarPlace(pathOf(item));
    const entry = Buffer.alloc(place.length + body.length + padding(body.length));
    body.copy(entry, headers.write(entry, 0, place, body.length));
    counted.count += 1;
    yield entry;
  }
  yield Buffer.alloc(2 * blockBytes);
}
