import type { OriginVerdict } from '../../manifests/origin-verdict';
import type { Reading } from './readable';

/**
 * - `proved`: it is what was written, and as much
 * - `broken`: it is not
 * - `unreadable`: it may not be read, so a restore could not either: it lies in an archive class, or a policy denies it
 * - `unprovable`: nothing is known to compare it with
 */
export type Proof = 'proved' | 'broken' | 'unreadable' | 'unprovable';

/** One thing that was looked at. */
export interface VerifiedPart {
  /** A key in the vault, or what was compared. */
  what: string;
  proof: Proof;
  /** Why it is not proved, or what was found. */
  reason?: string;
}

/** What became of a verification. */
export interface Verification {
  backup: string;
  /** Who wrote it, and what proves that. */
  origin: OriginVerdict;
  writer: 'lifeboat' | 'velero';
  /** The worst of its parts: broken, then unreadable, then unprovable, then proved. */
  proof: Proof;
  parts: VerifiedPart[];
  /** Objects that were read from the archive. */
  items: number;
  /** Of everything under the backup's name. */
  bytes: number;
}

const worstFirst: readonly Proof[] = ['broken', 'unreadable', 'unprovable'];

/** Collects the parts. */
export class Verifying {
  readonly parts: VerifiedPart[] = [];

  add(what: string, proof: Proof, reason?: string): void {
    this.parts.push(reason === undefined ? { what, proof } : { what, proof, reason });
  }

  /** Something that could not be read as it should. */
  failed(what: string, { problem, proof = 'broken' }: Reading<unknown>): void {
    this.add(what, proof, problem);
  }

  /** Proved unless there is a problem. */
  judge(what: string, problem: string | undefined): void {
    this.add(what, problem === undefined ? 'proved' : 'broken', problem);
  }

  get proof(): Proof {
    const proofs = new Set(this.parts.map(({ proof }) => proof));
    return worstFirst.find((proof) => proofs.has(proof)) ?? 'proved';
  }
}
