import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { sha256Hex } from '../../../platform/sha256';
import { LifeboatError } from '../../../platform/errors';
import { jsonBytes } from '../../../formats/state/json-object';
import { gunzipWithin } from '../../../formats/vault/untrusted/gunzip-within';
import { containersIn } from '../../../formats/vault/side-files/gzipped-json';
import { isSignedBy, type Signer } from '../../../formats/vault/proof/signer';
import type { ExportId } from './export-keys';
import { type StateExport, stateExportSchema } from './state-export';

/** Manifests of thousands of clusters fit. */
const maxUnpacked = 64 << 20;
/** Objects and lists in it: a manifest has some twenty. */
const maxContainers = 1_000_000;

const headerSchema = v.object({
  kind: v.literal('StateExportHeader'),
  format: v.literal(1),
  /** SHA-256 of all that follows the header, hex. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Ed25519 public key and signature, base64, where the installation has a signing key. */
  key: v.optional(v.string()),
  signature: v.optional(v.string()),
});

/** An export that was read and is whole. */
export interface ReadExport {
  content: StateExport;
  /** Public key whose signature it carries; undefined for one that nobody signed. */
  signedBy?: string;
}

/**
 * The bytes of an export: gzip, a line of JSON with the SHA-256 (and signature) of the rest, then the rest. The same content
 * gives the same bytes.
 */
export async function encodeExport(content: StateExport, signer?: Signer): Promise<Buffer> {
  const body = jsonBytes(content);
  const sha256 = sha256Hex(body);
  const signed = signer && {
    key: await signer.publicKey(),
    signature: (await signer.sign(statement(content, sha256))).toString('base64'),
  };
  const header = { kind: 'StateExportHeader', format: 1, sha256, ...signed };
  return gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
}

/**
 * Reads an export. Throws LifeboatError `corrupt` naming it when it was damaged, changed, put under another's name, or carries
 * a signature that is not its own.
 * @param where the place that it was read from, for messages
 */
export function decodeExport(bytes: Buffer, id: ExportId, where: string): ReadExport {
  const text = unpacked(bytes, where);
  const end = text.indexOf(0x0a);
  const header = v.safeParse(headerSchema, json(text.subarray(0, Math.max(end, 0))));
  const body = text.subarray(end + 1);
  if (!header.success || header.output.sha256 !== sha256Hex(body))
    throw damaged(where, 'is not what was written');
  const parsed = v.safeParse(stateExportSchema, json(body));
  if (!parsed.success) throw damaged(where, 'is of a version that this one does not know');
  const content = parsed.output;
  if (content.installation !== id.installation || content.day !== id.day)
    throw damaged(where, 'is the export of another installation or day');
  const { key, signature, sha256 } = header.output;
  if (key === undefined && signature === undefined) return { content };
  const bytesOfSignature = Buffer.from(signature ?? '', 'base64');
  if (key === undefined || !isSignedBy(key, statement(content, sha256), bytesOfSignature))
    throw damaged(where, 'is not signed by the key that it names');
  return { content, signedBy: key };
}

/** What is signed: one line each, none of which can hold a line break. */
function statement({ installation, day, vault }: StateExport, sha256: string): Buffer {
  return Buffer.from(
    ['lifeboat state export 1', installation, day, vault.name, sha256]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
}

function unpacked(bytes: Buffer, where: string): Buffer {
  let text: Buffer;
  try {
    text = gunzipWithin(where, bytes, { unpackedBytes: maxUnpacked });
  } catch (error) {
    throw damaged(where, 'cannot be unpacked', error);
  }
  if (containersIn(text) > maxContainers) throw damaged(where, 'holds more than an export can');
  return text;
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function damaged(where: string, problem: string, cause?: unknown): LifeboatError {
  return new LifeboatError('corrupt', `${where} ${problem}`, {
    hint: 'take the export of another day or another vault: `lifeboat state exports` lists them',
    cause,
  });
}
