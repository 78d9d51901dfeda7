import { listKeys } from './list-keys';
import { isMap } from '../../../../platform/input/is-map';
import { ownField, setField } from '../../../../platform/input/own-field';

/** Lists of texts that are united instead of replaced. */
const united = new Set(['finalizers', 'podCIDRs']);
const deleteFrom = '$deleteFromPrimitiveList/';

/** What a merge does beyond the API server's own. */
export interface MergeRules {
  /** Gives the map that one is merged into; `field` is the name of the field, or of the list, that holds it. */
  beforeMerge?(
    field: string,
    target: Record<string, unknown>,
    patch: Record<string, unknown>,
  ): Record<string, unknown>;
  /** An item of a list goes where another one takes its name (ports, which are merged by number). */
  namesAreUnique?: boolean;
}

/**
 * Strategic merge of built-in kinds (apimachinery, pkg/util/strategicpatch): maps are merged, null removes, lists with merge
 * keys are merged item by item, other lists are replaced. Directives: `$patch: delete` and `replace`, in maps and in items of
 * lists, `$retainKeys`, `$deleteFromPrimitiveList/…`; the order that `$setElementOrder/…` asks for is not kept.
 * Server-side apply of built-in kinds merges by the same keys. Gives a new value where something changes.
 */
export function strategicMerge(target: unknown, patch: unknown, rules: MergeRules = {}): unknown {
  return mergeValue(target, patch, '', rules);
}

function mergeValue(target: unknown, patch: unknown, field: string, rules: MergeRules): unknown {
  if (isMap(patch)) return mergeMaps(isMap(target) ? target : {}, patch, field, rules);
  if (!Array.isArray(patch)) return patch;
  const own = Array.isArray(target) ? target : [];
  if (united.has(field)) return [...new Set([...own, ...patch])];
  const items = patch.filter((item) => !isReplace(item));
  if (items.length < patch.length) return items;
  const keys = listKeys(field, [...own, ...patch]);
  return keys ? mergeItems(own, patch as Record<string, unknown>[], { keys, field, rules }) : patch;
}

function mergeMaps(
  target: Record<string, unknown>,
  patch: Record<string, unknown>,
  field: string,
  rules: MergeRules,
): Record<string, unknown> {
  const { $patch: directive, $retainKeys: retained, ...fields } = patch;
  if (directive === 'replace') return fields;
  const merged: Record<string, unknown> = { ...(rules.beforeMerge?.(field, target, fields) ?? target) };
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(deleteFrom)) removeFrom(merged, name.slice(deleteFrom.length), value);
    else if (name.startsWith('$')) continue;
    else if (value === null || (isMap(value) && value.$patch === 'delete')) delete merged[name];
    else setField(merged, name, mergeValue(ownField(merged, name), value, name, rules));
  }
  if (Array.isArray(retained)) {
    for (const name of Object.keys(merged)) if (!retained.includes(name)) delete merged[name];
  }
  return merged;
}

function removeFrom(merged: Record<string, unknown>, field: string, values: unknown): void {
  const list = ownField(merged, field);
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  merged[field] = list.filter((one) => !values.includes(one));
}

/** An item that says that the others take the place of the whole list. */
function isReplace(item: unknown): boolean {
  return isMap(item) && item.$patch === 'replace';
}

function mergeItems(
  target: unknown[],
  patch: Record<string, unknown>[],
  { keys, field, rules }: { keys: string[]; field: string; rules: MergeRules },
): unknown[] {
  const merged = [...target] as Record<string, unknown>[];
  const brought = new Map<unknown, Record<string, unknown>>();
  for (const item of patch) {
    const at = merged.findIndex((each) =>
      keys.every((key) => item[key] === undefined || each[key] === undefined || each[key] === item[key]),
    );
    if (item.$patch === 'delete') {
      if (at >= 0) merged.splice(at, 1);
      continue;
    }
    const result = mergeValue(at >= 0 ? merged[at] : {}, item, field, rules) as Record<string, unknown>;
    if (at >= 0) merged[at] = result;
    else merged.push(result);
    if (typeof result.name === 'string') brought.set(result.name, result);
  }
  if (!rules.namesAreUnique) return merged;
  return merged.filter((item) => !brought.has(item.name) || brought.get(item.name) === item);
}
