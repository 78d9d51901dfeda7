import { isMap } from '../../../platform/input/is-map';
import { lastAppliedAnnotation } from './secret-values';

/** A text that shares so many characters in a row with a value quotes a part of it. */
const fragment = 8;

/**
 * Finds the values of one Secret in texts: as they are, in base64, hexadecimal or escaped as JSON and URLs do, and parts of
 * them from eight characters on. A value of fewer characters counts where it stands as a word of its own.
 */
export class QuotedValues {
  readonly #long: string[] = [];
  readonly #short: RegExp[] = [];

  /** @param secret as it is sent; its last-applied annotation holds values too */
  constructor(secret: Record<string, unknown>) {
    const forms = new Set(textsOf(secret).flatMap(formsOf));
    for (const form of forms) {
      if (form.length >= fragment) this.#long.push(form);
      else if (form !== '') this.#short.push(asWord(form));
    }
  }

  isIn(text: string): boolean {
    if (this.#short.some((value) => value.test(text))) return true;
    // Every URL begins alike.
    const own = text.replaceAll(/https?:\/\//g, ' ');
    const parts = new Set<string>();
    for (let at = 0; at + fragment <= own.length; at++) parts.add(own.slice(at, at + fragment));
    return parts.size > 0 && this.#long.some((value) => sharesPart(value, parts));
  }
}

/** In the place of a value. */
const masked = '***';

/**
 * Masks the values of Secrets in a text: each form that `QuotedValues` finds, and each part of eight characters or more. Secrets
 * are noted one after the other, so that none has to be kept.
 */
export class MaskedText {
  readonly #text: string;
  /** Each part of the text, and where it stands. */
  readonly #places = new Map<string, number[]>();
  readonly #hidden: Uint8Array;

  constructor(text: string) {
    this.#text = text;
    this.#hidden = new Uint8Array(text.length);
    for (let at = 0; at + fragment <= text.length; at++) {
      const part = text.slice(at, at + fragment);
      const places = this.#places.get(part);
      if (places) places.push(at);
      else this.#places.set(part, [at]);
    }
  }

  note(secret: Record<string, unknown>): void {
    for (const form of new Set(textsOf(secret).flatMap(formsOf))) {
      if (form.length >= fragment) this.#hideParts(form);
      else if (form !== '') this.#hideWord(form);
    }
  }

  toString(): string {
    let shown = '';
    for (let at = 0; at < this.#text.length; at++) {
      if (!this.#hidden[at]) shown += this.#text[at];
      else if (!this.#hidden[at - 1]) shown += masked;
    }
    return shown;
  }

  #hideParts(value: string): void {
    for (let at = 0; at + fragment <= value.length; at++) {
      const part = value.slice(at, at + fragment);
      // Every URL begins alike.
      if (/^[htps:/]{8}$/.test(part)) continue;
      for (const place of this.#places.get(part) ?? []) this.#hidden.fill(1, place, place + fragment);
    }
  }

  #hideWord(value: string): void {
    for (const { index } of this.#text.matchAll(new RegExp(asWord(value), 'gu')))
      this.#hidden.fill(1, index, index + value.length);
  }
}

function sharesPart(value: string, parts: ReadonlySet<string>): boolean {
  for (let at = 0; at + fragment <= value.length; at++) {
    if (parts.has(value.slice(at, at + fragment))) return true;
  }
  return false;
}

/** The values as bytes. */
function textsOf({ data, stringData, metadata }: Record<string, unknown>): Buffer[] {
  const annotations = isMap(metadata) ? metadata.annotations : undefined;
  const applied = isMap(annotations) ? annotations[lastAppliedAnnotation] : undefined;
  const encoded = stringsIn(data).map((text) => Buffer.from(text, 'base64'));
  const plain = stringsIn(stringData).map((text) => Buffer.from(text));
  return [...encoded, ...plain, ...(typeof applied === 'string' ? appliedTexts(applied) : [])];
}

function appliedTexts(applied: string): Buffer[] {
  try {
    const { data, stringData } = JSON.parse(applied) as Record<string, unknown>;
    return textsOf({ data, stringData });
  } catch {
    return [Buffer.from(applied)];
  }
}

function stringsIn(values: unknown): string[] {
  if (typeof values === 'string') return [values];
  return isMap(values) ? Object.values(values).filter((one) => typeof one === 'string') : [];
}

function formsOf(value: Buffer): string[] {
  const text = value.toString('utf8');
  const base64 = value.toString('base64').replace(/=+$/, '');
  return [
    text,
    text.trim(),
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    base64,
    value.toString('base64url'),
    value.toString('hex'),
  ];
}

function asWord(value: string): RegExp {
  const escaped = value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'u');
}
