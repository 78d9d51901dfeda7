import type { OriginVerdict } from '../../manifests/origin-verdict';

/**
 * - `proved`: it is what was written, and as much
 * - `broken`: it is not
 * - `unprovable`: nothing is known to compare it with
 */
export type Proof = 'proved' | 'broken' | 'unprovable';

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
  /** The worst of its parts: broken, then unprovable, then proved. */
  proof: Proof;
  parts: VerifiedPart[];
  /** Objects that were read from the archive. */
  items: number;
  /** Of everything under the backup's name. */
  bytes: number;
}

/** Collects the parts. */
export class Verifying {
  readonly parts: VerifiedPart[] = [];

  add(what: string, proof: Proof, reason?: string): void {
    this.parts.push(reason === undefined ? { what, proof } : { what, proof, reason });
  }

  /** Proved unless there is a problem. */
  judge(what: string, problem: string | undefined): void {
    this.add(what, problem === undefined ? 'proved' : 'broken', problem);
  }

  get proof(): Proof {
    const proofs = new Set(this.parts.map(({ proof }) => proof));
    if (proofs.has('broken')) return 'broken';
    return proofs.has('unprovable') ? 'unprovable' : 'proved';
  }
}
