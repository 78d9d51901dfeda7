/** Where exports lie in a vault: under what Velero tolerates and never reads. */
export const stateExports = 'metadata/lifeboat/state/';

/** One export: of an installation, of a day (UTC, `2026-11-23`). */
export interface ExportId {
  installation: string;
  day: string;
}

/** `metadata/lifeboat/state/<installation>/<day>.json.gz`. */
export function exportKey({ installation, day }: ExportId): string {
  return `${stateExports}${installation}/${day}.json.gz`;
}

/** Undefined for a key that is no export's. */
export function exportIdOf(key: string): ExportId | undefined {
  const [, installation, day] =
    /^metadata\/lifeboat\/state\/([0-9a-f]{32})\/(\d{4}-\d\d-\d\d)\.json\.gz$/.exec(key) ?? [];
  return installation && day ? { installation, day } : undefined;
}
