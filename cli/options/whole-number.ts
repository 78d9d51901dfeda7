import { LifeboatError } from '../../shared/platform/errors';

/** Reads the value of a flag that is a count. Whether it is one is checked where it is used. */
export function wholeNumber(value: string): number {
  if (/^-?\d{1,9}$/.test(value)) return Number(value);
  throw new LifeboatError('invalid', `"${value}" is not a whole number`, { hint: 'write a number from 1' });
}
