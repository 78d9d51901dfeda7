import { isMap } from '../../../../platform/input/is-map';
import { ownField, setField } from '../../../../platform/input/own-field';

/** RFC 7396: maps are merged, null removes, everything else replaces. Gives a new value where something changes. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else setField(merged, field, mergePatch(ownField(merged, field), value));
  }
  return merged;
}
