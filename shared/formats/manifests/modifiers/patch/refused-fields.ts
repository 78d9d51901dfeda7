import { isMap } from '../../../../platform/input/is-map';
import { setField } from '../../../../platform/input/own-field';

type Fields = Record<string, unknown>;

/** A field of a merge patch, by the names that lead to it. */
export type PatchPath = readonly string[];

/**
 * The field of a merge patch that an API server's cause names: `spec.clusterIPs[0]` means the whole list, since a merge patch
 * replaces it, and a name that the patch does not have (`spec.persistentvolumesource`) means what would hold it. Names
 * are compared without case: some causes are Go's names. Undefined where the patch sets nothing of it.
 */
export function refusedField(patch: Fields, cause: string): PatchPath | undefined {
  const path: string[] = [];
  let at: unknown = patch;
  for (const step of cause.split(/[.[\]]+/).filter(Boolean)) {
    if (!isMap(at)) break;
    const name = Object.keys(at).find((one) => one.toLowerCase() === step.toLowerCase());
    if (name === undefined) break;
    path.push(name);
    at = at[name];
  }
  return path.length > 0 ? path : undefined;
}

/** The fields directly below a field of a patch; the field itself where it is no map. */
export function fieldsBelow(patch: Fields, path: PatchPath): PatchPath[] {
  const value = valueAt(patch, path);
  const names = isMap(value) ? Object.keys(value) : [];
  return names.length > 0 ? names.map((name) => [...path, name]) : [path];
}

/** The patch without some of its fields, and without maps that are empty by that. */
export function withoutFields(patch: Fields, paths: readonly PatchPath[]): Fields {
  return paths.reduce<Fields>((rest, path) => without(rest, path), patch);
}

/** A patch of nothing but one field of another. */
export function onlyField(patch: Fields, path: PatchPath): Fields {
  return path.reduceRight<unknown>(
    (value, name) => {
      const holder: Fields = {};
      setField(holder, name, value);
      return holder;
    },
    valueAt(patch, path),
  ) as Fields;
}

function without(fields: Fields, [name, ...rest]: PatchPath): Fields {
  if (name === undefined || !Object.hasOwn(fields, name)) return fields;
  const below = fields[name];
  const left = rest.length > 0 && isMap(below) ? without(below, rest) : {};
  const others = Object.entries(fields).filter(([one]) => one !== name);
  return Object.fromEntries(Object.keys(left).length > 0 ? [...others, [name, left]] : others);
}

function valueAt(patch: Fields, path: PatchPath): unknown {
  return path.reduce<unknown>((value, name) => (isMap(value) ? value[name] : undefined), patch);
}
