import { expect, it } from '@jest/globals';
import { counted } from '../../../shared/platform/counted';

it.each([
  [0, '0 warnings'],
  [1, '1 warning'],
  [2, '2 warnings'],
])('tells %i as "%s"', (count, text) => {
  expect(counted(count, 'warning')).toBe(text);
});
