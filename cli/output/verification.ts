import type { Proof, Verification } from '../../shared/formats/vault/verify/verification';
import { originLine } from '../../shared/formats/manifests/origin-verdict';
import { field, joined, section } from './sections';
import { size } from './size';
import { table } from './table';
import { counted } from '../../shared/platform/counted';

const words: Record<Proof, string> = {
  proved: 'proved',
  broken: 'BROKEN',
  unreadable: 'NOT READABLE',
  unprovable: 'not provable',
};

/** A verification as text: what was looked at, part by part, and what it comes to. */
export function verificationText(verification: Verification, vault: string): string {
  const { backup, origin, writer, parts, items, bytes } = verification;
  const rows = parts.map(({ what, proof, reason }) => [short(what), words[proof], reason ?? '']);
  return joined([
    field('Name', backup),
    field('Vault', vault),
    field('Written by', writer === 'lifeboat' ? 'Lifeboat' : 'Velero'),
    field('Origin', originLine(origin)),
    field('Read', `${counted(items, 'object')}, ${size(bytes)}`),
    '',
    table(['part', 'verdict', 'reason'], rows),
    ...section('Verdict', [verdict(verification)]),
  ]);
}

function verdict({ proof, origin, writer, parts }: Verification): string {
  const count = parts.filter((part) => part.proof === proof).length;
  switch (proof) {
    case 'proved':
      return `whole: every object is what was written (${origin.verdict === 'proved' ? origin.by : ''})`;
    case 'broken':
      return `BROKEN in ${count} of ${parts.length} parts: restore the objects from a replica of the bucket, or delete the backup`;
    case 'unreadable':
      return `NOT READABLE in ${count} of ${parts.length} parts: nothing is known of them, and a restore that needs them fails; each reason names the remedy`;
    case 'unprovable':
      if (origin.verdict === 'unproved')
        return 'NOT PROVED: the bytes fit together, and nothing shows that Lifeboat wrote them; restores refuse it';
      return writer === 'velero'
        ? 'nothing is broken as far as can be seen: Velero stores no checksums to prove it with'
        : `nothing is broken; ${count} of ${parts.length} parts are not provable`;
  }
}

/** `backups/shop-1/shop-1-logs.gz` → `shop-1-logs.gz` */
function short(what: string): string {
  return what.startsWith('backups/') ? (what.split('/').pop() ?? what) : what;
}
