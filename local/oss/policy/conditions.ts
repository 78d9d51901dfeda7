import { BlockList, isIPv6 } from 'node:net';
import { matches } from './wildcard';

/** The conditions that OSS evaluates of a request, as far as this server can tell them. */
export const conditionKeys = [
  'oss:Prefix',
  'oss:Delimiter',
  'acs:SourceIp',
  'acs:SecureTransport',
  'acs:CurrentTime',
] as const;

export type ConditionKey = (typeof conditionKeys)[number];
/** What a request is about beside action and resource; a key that it does not have is absent. */
export type RequestContext = Partial<Record<ConditionKey, string>>;

type Test = (actual: string, wanted: string) => boolean;

const positive = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => matches(wanted, actual),
  Bool: (actual, wanted) => actual === wanted.toLowerCase(),
  IpAddress: inNetwork,
  DateLessThan: (actual, wanted) => Date.parse(actual) < Date.parse(wanted),
  DateGreaterThan: (actual, wanted) => Date.parse(actual) > Date.parse(wanted),
} satisfies Record<string, Test>;

const negative = {
  StringNotEquals: positive.StringEquals,
  StringNotEqualsIgnoreCase: positive.StringEqualsIgnoreCase,
  StringNotLike: positive.StringLike,
  NotIpAddress: positive.IpAddress,
} satisfies Record<string, Test>;

type Positive = keyof typeof positive;
type Negative = keyof typeof negative;

export const operators = [...Object.keys(positive), ...Object.keys(negative)] as (Positive | Negative)[];

/** One value of several must fit; for the operators with Not, none may. A key that the request lacks fits only those. */
export function holds(
  operator: Positive | Negative,
  actual: string | undefined,
  wanted: readonly string[],
): boolean {
  if (operator in positive) {
    return actual !== undefined && wanted.some((each) => positive[operator as Positive](actual, each));
  }
  return actual === undefined || !wanted.some((each) => negative[operator as Negative](actual, each));
}

function inNetwork(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  if (bits === undefined) list.addAddress(base, family);
  else list.addSubnet(base, Number(bits), family);
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
