import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { parse } from '../../../../shared/platform/input/parse';

const schema = v.object({
  labels: v.optional(v.record(v.string(), v.string())),
  options: v.optional(v.object({ deep: v.optional(v.object({})) })),
  names: v.optional(v.array(v.string())),
});

describe('an empty list where an object belongs', () => {
  it.each([
    [[], 'the request must be an object'],
    [{ labels: [] }, 'the request: labels must be an object'],
    [{ options: [] }, 'the request: options must be an object'],
    [{ options: { deep: [] } }, 'the request: options.deep must be an object'],
  ])('is refused by its path: %j', (value, message) => {
    expect(() => parse(schema, value, 'the request')).toThrow(message);
  });

  it('leaves lists that belong there, and fields that the schema drops', () => {
    expect(parse(schema, { names: [], unknown: [] }, 'the request')).toEqual({ names: [] });
  });

  it('refuses an object where a list belongs as ever', () => {
    expect(() => parse(schema, { names: {} }, 'the request')).toThrow('names');
  });
});
