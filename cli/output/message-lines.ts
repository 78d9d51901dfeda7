import type { Result } from '../../shared/manifests/velero';

/** The errors or warnings of a run, a line each, with where they belong. */
export function messageLines(result: Result | undefined): string[] {
  if (!result) return [];
  return [
    ...(result.velero ?? []).map((text) => text.trim()),
    ...(result.cluster ?? []).map((text) => `cluster: ${text.trim()}`),
    ...Object.entries(result.namespaces ?? {}).flatMap(([namespace, texts]) =>
      texts.map((text) => `${namespace}: ${text.trim()}`),
    ),
  ];
}
