import type { NotificationEvent } from '../manifests/notification';
import type { RunRequest, RunResult } from '../manifests/run';
import type { AlarmSubject } from '../state/alarms';
import type { Notice } from '../state/notices';
import { noticeId } from '../state/notices';

const words: Partial<Record<NotificationEvent, string>> = {
  failed: 'failed',
  'partially-failed': 'failed in part',
  recovered: 'recovered',
};

/** What stands or falls with a run: its schedule's backups of the cluster, or its rule's restores into it. */
export function subjectOf(request: RunRequest): AlarmSubject | undefined {
  const { cluster } = request;
  if (request.kind === 'BackupRequest') {
    return request.schedule && { of: 'schedules', name: request.schedule.name, cluster };
  }
  return request.replication === undefined
    ? undefined
    : { of: 'replications', name: request.replication, cluster };
}

/** The notice of how a run ended. */
export function runNotice(
  request: RunRequest,
  result: RunResult,
  event: 'failed' | 'partially-failed' | 'recovered',
): Notice {
  const { name } = request.metadata;
  const kind = request.kind === 'BackupRequest' ? 'backup' : 'restore';
  const subject = subjectOf(request);
  const series = subject && subject.of !== 'ticks' ? `${subject.of.slice(0, -1)} ${subject.name}` : undefined;
  const about = event === 'recovered' && series ? series : `${kind} ${name}`;
  const lines = [
    `${kind} ${name} ${kind === 'backup' ? 'of' : 'into'} cluster ${request.cluster}${series ? ` (${series})` : ''}: ${result.phase}`,
    result.reason,
    result.errors + result.warnings > 0 ? `${result.errors} errors, ${result.warnings} warnings` : undefined,
    event === 'recovered' ? undefined : `see: lifeboat run get ${kind}/${name}`,
  ];
  return {
    id: noticeId(event, kind, name),
    event,
    title: `Lifeboat: ${about} ${words[event]}`,
    text: lines
      .filter((line) => line !== undefined)
      .join('\n')
      .slice(0, 2_000),
    at: result.completionTimestamp,
  };
}
