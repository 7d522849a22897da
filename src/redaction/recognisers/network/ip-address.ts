import { isIPv6 } from 'node:net';
import { recogniser } from '../../recogniser.ts';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d{2}|[1-9]?\\d)';
const VERSION = /(?:\bv|\bversion|\brelease|\bbuild|\bsection|\bchapter|§)[ .:=#]{0,3}$/i;
/** Addresses that point at nobody: unspecified, loopback, broadcast and masks. */
const NOBODY = /^(?:0\.0\.0\.0|127\.0\.0\.1|255\.255\.\d+\.\d+)$/;

/** IPv4 in dotted decimal and IPv6 (RFC 4291 §2.2), with zone (RFC 4007 §11) and prefix length, unless they read like a version or point at nobody. */
export const ipAddress = recogniser({
  id: 'ip_address',
  group: 'pii',
  called: 'an IP address',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.]|\\w-)(?:${OCTET}\\.){3}${OCTET}(?:/(?:3[0-2]|[12]?\\d)(?![\\w/]))?(?![\\w]|[.-]\\w)`,
      check: (value, before) => !NOBODY.test(addressOf(value)) && !VERSION.test(before),
    },
    {
      anchor: { kind: 'char', char: ':', before: '[0-9A-Fa-f]', max: 4 },
      pattern: `(?<![\\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:${OCTET}(?:\\.${OCTET}){3}|[0-9A-Fa-f]{0,4})(?:%[0-9A-Za-z]{1,15})?(?:/(?:1[01]\\d|12[0-8]|\\d{1,2})(?![\\w/]))?(?![\\w:]|\\.\\w)`,
      check: sixthVersion,
    },
  ],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: [
      'from ‹86.121.97.248›.',
      '‹10.0.0.1›:8080',
      '[‹2001:db8::8a2e:370:7334›]:443',
      '‹fe80::1›',
      '‹2001:0db8:85a3:0000:0000:8a2e:0370:7334›',
      '‹::ffff:192.0.2.128›',
      '‹fe80::1%eth0›',
      '‹::10.0.0.1›',
      'Subnet: ‹192.168.1.0/24›.',
      '‹2001:db8::/32›',
    ],
    ignored: [
      'v1.2.3.4',
      'version 10.2.3.4',
      '1.2.3.4.5',
      '256.1.1.1',
      '127.0.0.1',
      '12:30:45',
      'std::vector',
      'a::b',
      '::1',
      '00:1b:44:11:3a:b7',
      'dead::beef::cafe',
    ],
  },
});

/** Without the length of the network's prefix. */
function addressOf(value: string): string {
  return value.split('/', 1)[0] ?? '';
}

function sixthVersion(value: string): boolean {
  const address = addressOf(value);
  if (!isIPv6(address)) return false;
  const groups = address.split(':').filter((group) => group !== '');
  return (
    address.includes('.') ||
    (groups.length === 1 && value.includes('/') && /^[0-9A-Fa-f]{4}$/.test(groups[0] ?? '')) ||
    groups.length > 2 ||
    (groups.length === 2 && /^[0-9A-Fa-f]{4}$/.test(groups[0] ?? '') && /\d/.test(value))
  );
}
