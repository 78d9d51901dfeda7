import type { RunProgress } from '../../manifests/run';

/** Where a run says how far it is; throttled and never fatal behind the port. */
export type ReportProgress = (progress: Omit<RunProgress, 'at'>) => void;
