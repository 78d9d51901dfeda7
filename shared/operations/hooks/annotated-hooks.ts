import { commandOf, type WrittenHook } from './written-hook';

export type Phase = 'pre' | 'post';

const suffixes = ['command', 'container', 'on-error', 'timeout'] as const;

/**
 * The hook that a pod's annotations ask for: `pre.hook.backup.velero.io/command`, or for pre the older form without a phase.
 * `problem` is told of annotations that have no effect.
 */
export function annotatedHook(
  annotations: Readonly<Record<string, string>>,
  phase: Phase,
  problem: (sentence: string) => void,
): WrittenHook | undefined {
  const older = phase === 'pre' ? writtenUnder(annotations, 'hook.backup.velero.io/', problem) : undefined;
  return writtenUnder(annotations, `${phase}.hook.backup.velero.io/`, problem) ?? older;
}

function writtenUnder(
  annotations: Readonly<Record<string, string>>,
  prefix: string,
  problem: (sentence: string) => void,
): WrittenHook | undefined {
  const keys = Object.keys(annotations).filter((key) => key.startsWith(prefix));
  for (const key of keys) {
    if (!suffixes.some((suffix) => key === `${prefix}${suffix}`))
      problem(`annotation ${key} is not known (${prefix} takes ${suffixes.join(', ')})`);
  }
  const command = annotations[`${prefix}command`];
  if (!command) {
    if (keys.length > 0) problem(`annotations ${prefix}… name no command, so they run nothing`);
    return undefined;
  }
  return {
    command: commandOf(command),
    container: annotations[`${prefix}container`],
    onError: annotations[`${prefix}on-error`],
    timeout: annotations[`${prefix}timeout`],
    origin: `annotation ${prefix}command`,
  };
}
