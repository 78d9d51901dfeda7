import { version } from '../../../package.json';
import { isMap } from '../../platform/input/is-map';

/**
 * Marks what this release understood of documents. A release keeps the fields that it knows, so what an earlier one noted of a
 * document may lack what this one would read.
 */
export function notedByThisRelease(value: unknown): { release: string; value: unknown } {
  return { release: version, value };
}

/** Returns what `notedByThisRelease` was given; undefined where another release noted it, so that the documents are read again. */
export function readByThisRelease(noted: unknown): unknown {
  return isMap(noted) && noted.release === version ? noted.value : undefined;
}
