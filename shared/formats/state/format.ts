import { LifeboatError } from '../../platform/errors';

/**
 * The format of the documents in the state that this release writes, and the newest that it reads. A document without a
 * `format` is of format 1, as releases before this rule wrote it. A release that changes a document so that this one would
 * misread it raises the number; a field that may be passed over needs no other number where the reader's schema is loose.
 */
export const stateFormat = 1;

/** A newer release wrote it. What each reader makes of that is told in docs/upgrade.md. */
export class NewerFormat extends LifeboatError {
  constructor(
    what: string,
    readonly format: number,
    /** As it is stored. */
    readonly value: object,
    readonly lastModified?: Date,
  ) {
    super(
      'invalid',
      `${what} was written by a newer release of Lifeboat: it has format ${format}, and this one reads ${stateFormat}`,
      { hint: 'update Lifeboat' },
    );
    this.name = 'NewerFormat';
  }
}

/** The document without its format. Throws NewerFormat, and `invalid` for a format that there is not. */
export function withoutFormat(value: unknown, what: string, lastModified?: Date): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'format')) return value;
  const { format, ...rest } = value as { format: unknown };
  if (format === stateFormat) return rest;
  if (typeof format === 'number' && Number.isInteger(format) && format > stateFormat)
    throw new NewerFormat(what, format, value, lastModified);
  throw new LifeboatError('invalid', `${what} has a format that does not exist`, {
    hint: 'find out what else writes to the state',
  });
}
