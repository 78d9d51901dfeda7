import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { LifeboatError } from '../errors';

/**
 * Where a kubeconfig may not lead: the metadata services of clouds (Alibaba Cloud, AWS over IPv6, Azure, Oracle),
 * link-local, unspecified, multicast and broadcast addresses. Private ranges are allowed: API servers live there.
 */
const refused = new BlockList();
refused.addAddress('100.100.100.200');
refused.addAddress('168.63.129.16');
refused.addAddress('192.0.0.192');
refused.addAddress('fd00:ec2::254', 'ipv6');
refused.addSubnet('169.254.0.0', 16);
refused.addSubnet('0.0.0.0', 8);
refused.addSubnet('224.0.0.0', 3);
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addSubnet('ff00::', 8, 'ipv6');
// Site-local, and so the metadata services of old networks.
refused.addSubnet('fec0::', 10, 'ipv6');
// Teredo, and NAT64 by a network's own rules (RFC 8215): where the IPv4 address stands in these cannot be told.
refused.addSubnet('2001::', 32, 'ipv6');
refused.addSubnet('64:ff9b:1::', 48, 'ipv6');
refused.addAddress('::', 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Addresses that only a network of one's own has: private, shared (RFC 6598) and unique local ones. */
const privateNetworks = new BlockList();
privateNetworks.addSubnet('10.0.0.0', 8);
privateNetworks.addSubnet('172.16.0.0', 12);
privateNetworks.addSubnet('192.168.0.0', 16);
privateNetworks.addSubnet('100.64.0.0', 10);
privateNetworks.addSubnet('198.18.0.0', 15);
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

export interface AddressRules {
  /** True on one machine, where the clusters are local ones. */
  allowLoopback?: boolean;
  /** True where only the Internet is meant. */
  publicOnly?: boolean;
}

/** Why this IP address may not be an API server; undefined when it may. */
export function refusalOfAddress(address: string, rules: AddressRules): string | undefined {
  const plain = embeddedIpv4(address) ?? address;
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (refused.check(plain, family)) return 'a link-local, metadata or unspecified address';
  if (!rules.allowLoopback && loopback.check(plain, family)) return 'a loopback address';
  if (rules.publicOnly && privateNetworks.check(plain, family)) return 'a private address';
  return undefined;
}

/** Why this host of a URL (a name, an IPv4 address, an IPv6 address in brackets) may not be one, before DNS is asked. */
export function refusalOfHost(host: string, rules: AddressRules): string | undefined {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (isIP(name)) return refusalOfAddress(name, rules);
  if (!rules.allowLoopback && (name === 'localhost' || name.endsWith('.localhost')))
    return 'a loopback address';
  return undefined;
}

/**
 * A DNS lookup for `node:https` that fails with LifeboatError `denied` when a name leads to an address that is refused:
 * the check belongs to the connection, since a name may lead elsewhere by then.
 */
export function guardedLookup(
  rules: AddressRules,
  resolve: typeof lookup = lookup,
  refusal: (host: string, reason: string) => LifeboatError = refusedServer,
): LookupFunction {
  return (hostname, options, callback) => {
    const all: LookupOptions & { all: true } = { ...options, all: true };
    resolve(hostname, all, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      for (const { address } of addresses) {
        const reason = refusalOfAddress(address, rules);
        if (reason) return callback(refusal(hostname, reason), '', 0);
      }
      if (options.all) return callback(null, addresses);
      const first = addresses[0];
      if (!first) return callback(new Error(`${hostname} has no address`), '', 0);
      callback(null, first.address, first.family);
    });
  };
}

export function refusedServer(host: string, reason: string): LifeboatError {
  return new LifeboatError('denied', `the API server's address "${host}" leads to ${reason}`, {
    hint: reason.includes('loopback')
      ? 'loopback addresses are allowed only by the one-machine system; give an address that can be reached from where Lifeboat runs'
      : 'give the address of the API server itself',
  });
}

/** The IPv4 address inside an IPv4-mapped (::ffff:0:0/96), translated (::ffff:0:0:0/96), NAT64 (64:ff9b::/96) or 6to4 (2002::/16) one. */
function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  // The URL parser writes every IPv6 address in one form, with IPv4 tails as hexadecimal groups.
  let text: string;
  try {
    text = new URL(`https://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
  const groups = expand(text);
  const dotted = (high: number, low: number) => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  const [a, b, c, d, e, f, g, h] = groups as [number, number, number, number, number, number, number, number];
  if (a === 0x2002) return dotted(b, c);
  const zeroTo = (last: number) => groups.slice(0, last).every((group) => group === 0);
  if (zeroTo(4) && e === 0xffff && f === 0) return dotted(g, h);
  if ((zeroTo(5) && f === 0xffff) || (zeroTo(6) && (g !== 0 || h > 1))) return dotted(g, h);
  if (a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0) return dotted(g, h);
  return undefined;
}

function expand(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = parse(head);
  const after = tail === undefined ? [] : parse(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
