import * as v from 'valibot';
import type { Schema } from '../route';

export const listMetadata = v.strictObject({
  continue: v.optional(
    v.pipe(v.string(), v.description('Where the next page begins; absent on the last one')),
  ),
});

export const unreadableItem = v.pipe(
  v.strictObject({ name: v.string(), reason: v.string() }),
  v.description('Something that is there and cannot be read; it stops nothing else'),
);

/** A page of a list; what is there and cannot be read is told on its first page. */
export function listAnswer<S extends Schema>(item: S) {
  return v.strictObject({
    metadata: listMetadata,
    items: v.array(item),
    unreadable: v.array(unreadableItem),
  });
}
