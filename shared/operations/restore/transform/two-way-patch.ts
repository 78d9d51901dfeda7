import { sameValue } from '../../../formats/manifests/modifiers/field-diff';
import { isMap } from '../../../platform/input/is-map';
import { ownField, setField } from '../../../platform/input/own-field';

/**
 * RFC 7386 patch that turns `present` into `wanted`: what only the cluster has is removed, lists are replaced whole
 * (Velero's two-way patch, pkg/restore, generatePatch). Undefined when there is nothing to change.
 */
export function twoWayPatch(
  wanted: Record<string, unknown>,
  present: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted)) {
    const other = ownField(present, key);
    if (sameValue(value, other)) continue;
    setField(patch, key, isMap(value) && isMap(other) ? (twoWayPatch(value, other) ?? {}) : value);
  }
  for (const key of Object.keys(present)) {
    if (!Object.hasOwn(wanted, key) && !sameValue(present[key], undefined)) setField(patch, key, null);
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}
