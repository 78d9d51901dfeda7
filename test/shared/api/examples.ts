/** A call of an operation that succeeds on `aFilledApi`. */
export interface Example {
  path: string;
  body?: unknown;
  status: number;
}

const spec = { includedNamespaces: ['shop'] };
const rule = { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' };
const schedule = { schedule: '0 2 * * *', clusters: ['a'], vault: 'main', template: spec };

/** By operationId. */
export const examples: Record<string, Example> = {
  listBackups: { path: '/backups', status: 200 },
  createBackup: {
    path: '/backups',
    body: { metadata: { name: 'new' }, cluster: 'a', vault: 'main', spec },
    status: 202,
  },
  getBackup: { path: '/backups/shop-1', status: 200 },
  getBackupLog: { path: '/backups/shop-1/log', status: 200 },
  cancelBackup: { path: '/backups/open-1/cancel', body: {}, status: 200 },
  getBackupResults: { path: '/backups/shop-1/results', status: 200 },
  getBackupContents: { path: '/backups/shop-1/contents', status: 200 },
  deleteBackup: { path: '/backups/shop-1', status: 202 },
  undeleteBackup: { path: '/backups/foreign/deletion?vault=main', status: 200 },
  holdBackup: { path: '/backups/shop-1/hold', body: { reason: 'an audit' }, status: 200 },
  acceptBackup: { path: '/backups/shop-1/accept', body: {}, status: 200 },
  listRestores: { path: '/restores', status: 200 },
  createRestore: {
    path: '/restores',
    body: { metadata: { name: 'new' }, cluster: 'a', vault: 'main', spec: { backupName: 'shop-1' } },
    status: 202,
  },
  getRestore: { path: '/restores/back', status: 200 },
  getRestoreLog: { path: '/restores/back/log', status: 200 },
  cancelRestore: { path: '/restores/open-r/cancel', body: {}, status: 200 },
  getRestoreResults: { path: '/restores/back/results', status: 200 },
  listPlans: { path: '/plans', status: 200 },
  createPlan: {
    path: '/plans',
    body: { metadata: { name: 'new' }, cluster: 'a', vault: 'main', spec: { backupName: 'shop-1' } },
    status: 202,
  },
  getPlan: { path: '/plans/before', status: 200 },
  getPlanLog: { path: '/plans/open-p/log', status: 200 },
  cancelPlan: { path: '/plans/open-p/cancel', body: {}, status: 200 },
  getPlanSummary: { path: '/plans/before/summary', status: 200 },
  getPlanObjects: { path: '/plans/before/objects', status: 200 },
  getPlanResults: { path: '/plans/before/results', status: 200 },
  listCopies: { path: '/copies', status: 200 },
  createCopy: { path: '/copies', body: { backup: 'shop-1', from: 'main', to: 'away' }, status: 202 },
  getCopy: { path: '/copies/shop-1-away', status: 200 },
  getCopyLog: { path: '/copies/shop-1-away/log', status: 200 },
  cancelCopy: { path: '/copies/shop-1-away/cancel', body: {}, status: 200 },
  listRuns: { path: '/runs?open=true', status: 200 },
  listSchedules: { path: '/schedules', status: 200 },
  getSchedule: { path: '/schedules/hourly', status: 200 },
  createSchedule: { path: '/schedules', body: { metadata: { name: 'new' }, spec: schedule }, status: 201 },
  changeSchedule: {
    path: '/schedules/hourly',
    body: { spec: { schedule: '30 2 * * *', jitter: null } },
    status: 200,
  },
  deleteSchedule: { path: '/schedules/hourly', status: 204 },
  pauseSchedule: { path: '/schedules/hourly/pause', body: {}, status: 200 },
  unpauseSchedule: { path: '/schedules/hourly/unpause', body: {}, status: 200 },
  skipSlot: { path: '/schedules/hourly/skip', body: {}, status: 200 },
  runSchedule: { path: '/schedules/hourly/run', body: {}, status: 202 },
  listReplications: { path: '/replications', status: 200 },
  getReplication: { path: '/replications/standby', status: 200 },
  createReplication: { path: '/replications', body: { metadata: { name: 'new' }, spec: rule }, status: 201 },
  replaceReplication: {
    path: '/replications/standby',
    body: { metadata: { name: 'standby' }, spec: { ...rule, policy: 'mirror' } },
    status: 200,
  },
  deleteReplication: { path: '/replications/standby', status: 204 },
  pauseReplication: { path: '/replications/standby/pause', body: {}, status: 200 },
  unpauseReplication: { path: '/replications/standby/unpause', body: {}, status: 200 },
  applyManifest: {
    path: '/apply',
    body: { kind: 'Schedule', metadata: { name: 'new' }, spec: schedule },
    status: 201,
  },
  listVaults: { path: '/vaults', status: 200 },
  getVault: { path: '/vaults/main', status: 200 },
  getRetentionPlan: { path: '/vaults/main/retention', status: 200 },
  listClusters: { path: '/clusters', status: 200 },
  getCluster: { path: '/clusters/a', status: 200 },
  listNotifications: { path: '/notifications', status: 200 },
  getNotification: { path: '/notifications/ops', status: 200 },
  getHealth: { path: '/health', status: 200 },
};
