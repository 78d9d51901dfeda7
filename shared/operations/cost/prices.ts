import * as v from 'valibot';
import { parse } from '../../platform/input/parse';

/** A published price, pay as you go, without discounts, resource plans or free quotas. */
export interface Price {
  amount: number;
  source: string;
  /** When the page was last changed, or read where it does not say. */
  date: string;
}

/** What is paid for. An item without a price is counted and not charged for in the result, which says so. */
export interface Prices {
  currency: string;
  /** For a CU of Function Compute, first tier. */
  computeUnit?: Price;
  /** For a function and each hour in which it is invoked, at least. */
  functionHour?: Price;
  /** For a GB of OSS Standard, locally redundant, and a month. */
  storageGigabyteMonth?: Price;
  /** For 10,000 requests to OSS that write or list. */
  putRequests?: Price;
  /** For 10,000 requests to OSS that read. */
  getRequests?: Price;
  /** For a GB that leaves over the internet. */
  outboundGigabyte?: Price;
}

export const items = [
  'computeUnit',
  'functionHour',
  'storageGigabyteMonth',
  'putRequests',
  'getRequests',
  'outboundGigabyte',
] as const satisfies readonly (keyof Prices)[];

const computeSource =
  'https://help.aliyun.com/en/functioncompute/fc/product-overview/pay-as-you-go-billing-methods';
const storageSource = 'https://alibabacloud.com/help/en/oss/product-overview/storage-fees';

/**
 * Prices as Alibaba Cloud published them. The pages of OSS name no price for requests and traffic (a price list behind a
 * console does), and none names the hourly minimum in USD: these are left open, for a file to set.
 */
export const priceTables: Readonly<Record<'cny' | 'usd', Prices>> = {
  cny: {
    currency: 'CNY',
    computeUnit: { amount: 0.00011, source: computeSource, date: '2024-08-27' },
    functionHour: {
      amount: 0.01,
      source:
        'https://help.aliyun.com/en/functioncompute/fc/product-overview/product-change-description-on-optimizing-function-billing-mode',
      date: '2025-12-09',
    },
    storageGigabyteMonth: {
      amount: 0.12,
      source: 'https://help.aliyun.com/en/oss/storage-fees',
      date: '2026-11-23',
    },
  },
  usd: {
    currency: 'USD',
    computeUnit: { amount: 0.00002, source: computeSource, date: '2024-08-27' },
    storageGigabyteMonth: { amount: 0.0173, source: storageSource, date: '2024-12-20' },
  },
};

/** CU for what a function uses; same source as its price. */
export const computeUnits = {
  perInvocation: 75 / 10_000,
  perCpuSecond: 1,
  perMemoryGigabyteSecond: 0.15,
  /** Beyond the 512 MB that are free. */
  perDiskGigabyteSecond: 0.05,
} as const;

/** Seconds for which an instance stays after its last request, its memory charged (rolled out from 2026-03-30). */
export const releaseDelaySeconds = 60;

const amount = v.pipe(v.number(), v.minValue(0), v.finite());
const fileSchema = v.strictObject({
  currency: v.optional(v.string()),
  computeUnit: v.optional(amount),
  functionHour: v.optional(amount),
  storageGigabyteMonth: v.optional(amount),
  putRequests: v.optional(amount),
  getRequests: v.optional(amount),
  outboundGigabyte: v.optional(amount),
});

/**
 * Prices with those of a file in their place: `{"putRequests": 0.01}`. Throws LifeboatError `invalid` naming the item.
 * @param source how the file is named
 */
export function withOwnPrices(prices: Prices, file: unknown, source: string, date: string): Prices {
  const { currency = prices.currency, ...amounts } = parse(fileSchema, file, source);
  // A price of another currency is none.
  const kept = currency === prices.currency ? prices : {};
  const own = Object.fromEntries(
    Object.entries(amounts).flatMap(([item, value]) =>
      value === undefined ? [] : [[item, { amount: value, source, date }]],
    ),
  );
  return { ...kept, ...own, currency };
}
