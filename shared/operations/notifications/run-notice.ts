import type { NotificationEvent } from '../../formats/manifests/notification';
import type { RunRequest, RunResult } from '../../formats/manifests/run';
import type { AlarmSubject } from '../../formats/state/alarms';
import type { Notice } from '../../formats/state/notices';
import { noticeId } from '../../formats/state/notices';
import { runOf } from '../../formats/state/run/requests';
import { runWord } from '../../formats/state/run-keys';
import { counted } from '../../platform/counted';

const words: Partial<Record<NotificationEvent, string>> = {
  failed: 'failed',
  'partially-failed': 'failed in part',
  recovered: 'recovered',
};

/** What stands or falls with a run: its schedule's backups of the cluster or copies to the vault, its rule's restores into the cluster. */
export function subjectOf(request: RunRequest): AlarmSubject | undefined {
  if (request.kind === 'CopyRequest') {
    return request.schedule === undefined
      ? undefined
      : { of: 'copies', name: request.schedule, vault: request.vault };
  }
  const { cluster } = request;
  if (request.kind === 'BackupRequest') {
    return request.schedule && { of: 'schedules', name: request.schedule.name, cluster };
  }
  const rule = request.kind === 'RestoreRequest' ? request.replication : undefined;
  return rule === undefined ? undefined : { of: 'replications', name: rule, cluster };
}

/** The notice of how a run ended. */
export function runNotice(
  request: RunRequest,
  result: RunResult,
  event: 'failed' | 'partially-failed' | 'recovered',
): Notice {
  const { name } = request.metadata;
  const kind = runWord(runOf(request).kind);
  const subject = subjectOf(request);
  const series = subject && seriesText(subject);
  const about = event === 'recovered' && series ? series : `${kind} ${name}`;
  const lines = [
    `${kind} ${whatText(request)}${series ? ` (${series})` : ''}: ${result.phase}`,
    result.reason,
    result.errors + result.warnings > 0
      ? `${counted(result.errors, 'error')}, ${counted(result.warnings, 'warning')}`
      : undefined,
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

function whatText(request: RunRequest): string {
  const { name } = request.metadata;
  if (request.kind === 'CopyRequest')
    return `${name} of backup ${request.backup} from vault ${request.from} to vault ${request.vault}`;
  return `${name} ${request.kind === 'BackupRequest' ? 'of' : 'into'} cluster ${request.cluster}`;
}

function seriesText(subject: AlarmSubject): string | undefined {
  if (subject.of === 'ticks') return undefined;
  if (subject.of === 'copies') return `copies of schedule ${subject.name} to vault ${subject.vault}`;
  return `${subject.of.slice(0, -1)} ${subject.name}`;
}
