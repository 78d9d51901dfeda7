import { assertInOrder } from './assert-in-order';

/** Function Compute ends every invocation after this time, milliseconds. */
export const longestFunction = 24 * 3_600_000;

/** After this time no function still works on what it saw or began before, milliseconds. */
export const noFunctionLeft = 25 * 3_600_000;

assertInOrder('the life of a function', { longestFunction, noFunctionLeft });
