import ipaddr from 'ipaddr.js';

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

const MAPPED_PREFIX_BITS = 96;

/** A parsed CIDR range or single address; undefined where the text is neither. */
export function parseRange(text: string): Range | undefined {
  const parsed = parseCidr(text);
  if (parsed === undefined) return undefined;
  const [address, bits] = parsed;
  // An IPv4-mapped range is the IPv4 range it maps, since callers' addresses are compared unmapped.
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_PREFIX_BITS) {
    return [address.toIPv4Address(), bits - MAPPED_PREFIX_BITS];
  }
  return parsed;
}

function parseCidr(text: string): Range | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  // isValid alone would take octal and one-part IPv4 forms, which mean different things to different readers.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return [ipaddr.IPv4.parse(text), 32];
  if (ipaddr.IPv6.isValid(text)) return [ipaddr.IPv6.parse(text), 128];
  return undefined;
}

/** Is the address of the peer inside one of the ranges? An address that cannot be read is in none. */
export function inRanges(remoteAddress: string, ranges: readonly Range[]): boolean {
  if (!ipaddr.isValid(remoteAddress)) return false;
  const address = ipaddr.process(remoteAddress);
  return ranges.some(([base, bits]) => address.kind() === base.kind() && address.match(base, bits));
}

export type { Range as AddressRange };
