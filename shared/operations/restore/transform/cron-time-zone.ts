import type { KubeObject } from '../../../platform/kubernetes/kube-object';

/**
 * Moves the time zone of a CronJob out of its schedule (`CRON_TZ=Europe/Berlin 0 3 * * *`), where no API server from 1.29 on
 * takes it, into its field. `Local` is the zone of the controller, which is what no field means. Changes `cronJob`.
 */
export function timeZoneToField({ spec }: KubeObject): void {
  const [, zone, schedule] = /^(?:CRON_TZ|TZ)=(\S*)\s+(.*)$/.exec(String(spec?.schedule ?? '')) ?? [];
  if (!spec || zone === undefined || schedule === undefined) return;
  spec.schedule = schedule.trim();
  if (zone !== '' && zone !== 'Local') spec.timeZone ??= zone;
}
