import type { ItemRef } from '../../../formats/vault/archive-types';
import { movedTo } from './moved';

/** The same for all copies of an object. */
export function placeOf({ groupResource, namespace, name }: ItemRef): string {
  return `${movedTo(groupResource)}/${namespace ?? ''}/${name}`;
}
