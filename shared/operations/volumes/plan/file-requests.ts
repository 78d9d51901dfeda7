import type { PodFacts, PodVolumeFacts } from './volume-facts';

const asks = 'backup.velero.io/backup-volumes';
const excludes = 'backup.velero.io/backup-volumes-excludes';

/** What asks for a copy of the files of a pod's volume, and what speaks against it: clauses for people. */
export interface FileRequest {
  /** The annotation of the pod names the volume, or its claim. */
  annotated?: string;
  /** `defaultVolumesToFsBackup` takes it. */
  byDefault?: string;
  excluded?: string;
}

/**
 * Reads what a pod's annotations and `defaultVolumesToFsBackup` say of one volume, as Velero does
 * (internal/volumehelper), and more: the annotations may name the claim, as ACK's guide writes them. A pod that has ended
 * asks for nothing and excludes nothing.
 */
export function fileRequest(
  pod: PodFacts,
  volume: PodVolumeFacts,
  { defaultVolumesToFsBackup = false }: { defaultVolumesToFsBackup?: boolean },
): FileRequest {
  if (hasEnded(pod)) return {};
  const annotated = naming(pod, volume, asks);
  const excluded = naming(pod, volume, excludes);
  return {
    ...(annotated && { annotated }),
    ...(excluded && { excluded }),
    ...(defaultVolumesToFsBackup && !excluded && { byDefault: 'defaultVolumesToFsBackup' }),
  };
}

/** Velero copies no files of such pods. */
export function hasEnded({ phase }: PodFacts): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** An entry of an annotation that names no volume and no claim of its pod. */
export interface IdleEntry {
  annotation: string;
  entry: string;
  /** It asked for data. */
  asks: boolean;
}

/** The entries of a pod's annotations that name nothing. */
export function idleEntries(pod: PodFacts): IdleEntry[] {
  if (hasEnded(pod)) return [];
  const known = new Set(
    pod.volumes.flatMap(({ name, claim }) => (claim === undefined ? [name] : [name, claim])),
  );
  return [asks, excludes].flatMap((annotation) =>
    entries(pod, annotation)
      .filter((entry) => !known.has(entry))
      .map((entry) => ({ annotation, entry, asks: annotation === asks })),
  );
}

/** A name of a volume goes before a name of a claim, since Velero knows the former alone. */
function naming(pod: PodFacts, volume: PodVolumeFacts, annotation: string): string | undefined {
  const named = entries(pod, annotation);
  const said = (what: string) => `annotation ${annotation} of pod ${pod.name} names its ${what}`;
  if (named.includes(volume.name)) return said(`volume ${volume.name}`);
  const { claim } = volume;
  if (claim === undefined || !named.includes(claim)) return undefined;
  return pod.volumes.some(({ name }) => name === claim) ? undefined : said(`claim ${claim}`);
}

function entries({ annotations }: PodFacts, annotation: string): string[] {
  return (annotations?.[annotation] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}
