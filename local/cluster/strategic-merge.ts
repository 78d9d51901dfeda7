import { listKeys } from './list-keys';
import { isMap } from './merge-patch';

/**
 * Strategic merge as far as it is needed: maps are merged, null removes, lists with merge keys are merged item by
 * item (`$patch: delete` removes one), other lists are replaced. Directives that order or retain are not simulated.
 * Server-side apply of built-in kinds merges by the same keys.
 */
export function strategicMerge(target: unknown, patch: unknown, field = ''): unknown {
  if (isMap(patch)) {
    if (patch.$patch === 'replace') {
      const { $patch: _p, ...replacement } = patch;
      return replacement;
    }
    const merged: Record<string, unknown> = isMap(target) ? { ...target } : {};
    for (const [name, value] of Object.entries(patch)) {
      if (name.startsWith('$')) continue;
      if (value === null) delete merged[name];
      else merged[name] = strategicMerge(merged[name], value, name);
    }
    return merged;
  }
  if (Array.isArray(patch) && Array.isArray(target)) {
    if (field === 'finalizers') return [...new Set([...target, ...patch])];
    const keys = listKeys(field, [...target, ...patch]);
    if (keys) return mergeItems(target, patch, keys);
  }
  return patch;
}

function mergeItems(target: unknown[], patch: unknown[], keys: string[]): unknown[] {
  const merged = [...target] as Record<string, unknown>[];
  for (const item of patch as Record<string, unknown>[]) {
    const at = merged.findIndex((each) =>
      keys.every((key) => item[key] === undefined || each[key] === undefined || each[key] === item[key]),
    );
    if (item.$patch === 'delete') {
      if (at >= 0) merged.splice(at, 1);
    } else if (at >= 0) merged[at] = strategicMerge(merged[at], item) as Record<string, unknown>;
    else merged.push(item);
  }
  return merged;
}
