import type { Result } from '../../shared/formats/manifests/velero';

/** The errors or warnings of a run, a line each, with where they belong. */
export function messageLines(result: Result | undefined): string[] {
  if (!result) return [];
  return [
    ...(result.velero ?? []).map(readable),
    ...(result.cluster ?? []).map((text) => `cluster: ${readable(text)}`),
    ...Object.entries(result.namespaces ?? {}).flatMap(([namespace, texts]) =>
      texts.map((text) => `${namespace}: ${readable(text)}`),
    ),
  ];
}

/** Velero's ` resource: /pods name: /web message: /… error: /…` (pkg/util/results) as a person would write it. */
function readable(text: string): string {
  const parts =
    /^ ?(?:resource: \/(\S*))?(?: ?name: \/(\S*))?(?: ?message: \/(.*?))?(?: ?error: \/(.*))?$/s.exec(text);
  if (!parts) return text.trim();
  const [, resource, name, message, error] = parts;
  const place = [resource, name].filter(Boolean).join(' ');
  return [place, message?.trim(), error].filter(Boolean).join(': ');
}
