import type { Clock } from '../../shared/platform/clock';
import { ConnectionBreak, ProxyFailure, stall } from './damaged-body';
import type { Fault } from './faults';
import { OssError } from './oss-error';

/** Fails, or waits, as a fault says for the moment before anything is stored. */
export async function failBeforeCommit(
  fault: Fault | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (fault?.kind === 'reset-before-commit') throw new ConnectionBreak('reset');
  if (fault?.kind === 'html') throw new ProxyFailure('502');
  if (fault?.kind === 'status' && !fault.afterCommit) throw injected(fault);
  if (fault?.kind === 'stall-before-headers' && fault.beforeCommit) await stall(fault.ms, clock, signal);
}

/** The same for the moment after it. */
export async function failAfterCommit(
  fault: Fault | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (fault?.kind === 'reset-after-commit') throw new ConnectionBreak('reset');
  if (fault?.kind === 'status' && fault.afterCommit) throw injected(fault);
  if (fault?.kind === 'stall-before-headers' && !fault.beforeCommit) await stall(fault.ms, clock, signal);
}

function injected({ code, status, headers }: Extract<Fault, { kind: 'status' }>): OssError {
  return new OssError(code, { status, headers });
}
