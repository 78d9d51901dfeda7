import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { guardedLookup, refusalOfAddress } from '../../../../shared/platform/kubernetes/server-address';

/** A resolver that knows one answer. */
const answering = (...addresses: LookupAddress[]) =>
  ((_: string, __: unknown, done: (error: null, found: LookupAddress[]) => void) =>
    done(null, addresses)) as never;

const ask = (lookup: LookupFunction, all: boolean) =>
  new Promise((resolve) => {
    lookup('api.example.com', { all }, (error, address, family) =>
      resolve(error ?? (all ? address : [address, family])),
    );
  });

describe('guardedLookup', () => {
  const good = { address: '10.0.0.1', family: 4 };
  const metadata = { address: '100.100.100.200', family: 4 };

  it('gives one address, or all, as node asks for', async () => {
    const lookup = guardedLookup({}, answering(good, { address: 'fd00::1', family: 6 }));
    expect(await ask(lookup, false)).toEqual(['10.0.0.1', 4]);
    expect(await ask(lookup, true)).toEqual([good, { address: 'fd00::1', family: 6 }]);
  });

  it('refuses a name of which any address leads to where none may', async () => {
    for (const all of [true, false]) {
      const outcome = await ask(guardedLookup({}, answering(good, metadata)), all);
      expect(outcome).toMatchObject({ kind: 'denied', message: expect.stringContaining('api.example.com') });
    }
  });

  it('refuses loopback unless it is allowed', async () => {
    const lookup = (allowLoopback: boolean) =>
      ask(guardedLookup({ allowLoopback }, answering({ address: '127.0.0.1', family: 4 })), false);
    expect(await lookup(false)).toMatchObject({ kind: 'denied' });
    expect(await lookup(true)).toEqual(['127.0.0.1', 4]);
  });

  it('passes on what the resolver fails with', async () => {
    const failing = ((_: string, __: unknown, done: (error: Error) => void) =>
      done(new Error('ENOTFOUND'))) as never;
    expect(await ask(guardedLookup({}, failing), true)).toMatchObject({ message: 'ENOTFOUND' });
  });
});

describe('refusalOfAddress', () => {
  it('sees through a scope behind an IPv6 address', () => {
    expect(refusalOfAddress('fe80::1%eth0', {})).toMatch(/link-local/);
  });

  it.each([
    '64:ff9b:1::6464:64c8',
    '64:ff9b:1:ffff::1',
    '::ffff:100.100.100.200',
    '::ffff:0:100.100.100.200',
    '::ffff:0:6464:64c8',
    '::ffff:0:169.254.169.254',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:9b9b:9b37',
    'fec0::1',
    'feff:ffff::1',
  ])('refuses %s', (address) => {
    expect(refusalOfAddress(address, {})).toBeDefined();
  });

  it.each(['2001:db8::1', '2001:4860:4860::8888', '::ffff:10.0.0.1', '::ffff:0:10.0.0.1', '64:ff9b::a00:1'])(
    'takes %s',
    (address) => expect(refusalOfAddress(address, {})).toBeUndefined(),
  );

  it('takes public addresses', () => {
    for (const address of ['47.88.1.1', '2400:3200::1', '8.8.8.8'])
      expect(refusalOfAddress(address, {})).toBeUndefined();
  });
});
