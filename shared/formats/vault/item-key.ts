import type { ItemRef } from './archive-types';

/** Returns a map key for an object's place in a backup: equal for the same object, and different for any two others. */
export function itemKey({ groupResource, namespace = '', name }: ItemRef): string {
  return `${groupResource}\0${namespace}\0${name}`;
}
