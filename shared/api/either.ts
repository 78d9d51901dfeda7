import * as v from 'valibot';
import { isObject } from './without-seals';

type ObjectSchema = v.GenericSchema<unknown, object>;

/**
 * One of two shapes of an object, told apart by a field that only one has: what is wrong is then said of the shape that
 * was meant, where a union alone could say no more than that neither fits.
 */
export function either<A extends ObjectSchema, B extends ObjectSchema>(
  field: string,
  withField: A,
  without: B,
): v.UnionSchema<[B, A], undefined> {
  const union = v.union([without, withField]);
  return {
    ...union,
    '~run'(dataset, config) {
      const meant = isObject(dataset.value) && field in dataset.value ? withField : without;
      return meant['~run'](dataset, config) as ReturnType<(typeof union)['~run']>;
    },
  };
}
