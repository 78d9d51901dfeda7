import { counted } from '../../platform/counted';
import type { OutputTail } from '../../platform/kubernetes/output-tail';
import type { Cluster } from '../../platform/kubernetes/port';
import type { Log } from '../../platform/log/log';
import { maskedOutputs } from './mask-outputs';
import type { HookOutcome } from './run-hook';

export interface HookReport {
  cluster: Cluster;
  log: Log;
  signal: AbortSignal;
  /** The output of hooks that succeeded is told too. */
  allOutput: boolean;
}

/** A hook with what its failure means for the backup or the restore. */
export type ToldOutcome = HookOutcome & { consequence?: string };

/** Outputs shown of one block. */
const mostOutputs = 50;

/**
 * Tells how hooks ended: an error for each that failed, with the last line of its output, and that output line by line. Values of
 * Secrets of the pod's namespace are masked; where the Secrets cannot be read no output is shown.
 */
export async function reportOutcomes(outcomes: readonly ToldOutcome[], report: HookReport): Promise<void> {
  const told = outcomes.filter(({ failure }) => report.allOutput || failure !== undefined);
  const shown = told
    .filter(({ output }) => output !== undefined && output.text() !== '')
    .slice(0, mostOutputs);
  const lines = await linesOf(shown, report);
  for (const outcome of outcomes) tell(outcome, lines.get(outcome), report.log);
  if (told.length > mostOutputs)
    report.log.info(`the output of ${counted(told.length - mostOutputs, 'more hook')} is not shown`);
}

async function linesOf(
  outcomes: readonly ToldOutcome[],
  { cluster, signal }: HookReport,
): Promise<Map<ToldOutcome, string[] | 'withheld'>> {
  const lines = new Map<ToldOutcome, string[] | 'withheld'>();
  for (const namespace of new Set(outcomes.map(({ pod }) => pod.namespace))) {
    const those = outcomes.filter(({ pod }) => pod.namespace === namespace);
    const outputs = those.map(({ output }) => output as OutputTail);
    const masked = await maskedOutputs(cluster, namespace, outputs, signal);
    for (const [n, one] of those.entries()) lines.set(one, masked?.[n] ?? 'withheld');
  }
  return lines;
}

function tell(outcome: ToldOutcome, lines: string[] | 'withheld' | undefined, log: Log): void {
  const { pod, hook, failure, consequence, took } = outcome;
  const fields = { resource: 'pods', namespace: pod.namespace, name: pod.pod };
  const which = `${hook.origin}, container "${hook.container}"`;
  if (failure === undefined) log.info(`${which}: ended after ${(took / 1_000).toFixed(1)}s`, fields);
  else
    log.error(`${which}: failed: ${[failure, said(lines), consequence].filter(Boolean).join('; ')}`, fields);
  if (lines === 'withheld') return;
  for (const line of lines ?? []) log.info(`${which}: output: ${line}`, fields);
}

function said(lines: string[] | 'withheld' | undefined): string | undefined {
  if (lines === 'withheld')
    return 'its output is not shown, because the Secrets of the namespace, whose values it may hold, could not be read';
  const last = lines?.findLast((line) => line.trim() !== '');
  return last === undefined ? undefined : `last line of its output: ${last}`;
}
