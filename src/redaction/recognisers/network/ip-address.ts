import { isIPv6 } from 'node:net';
import { recogniser } from '../../recogniser.ts';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d{2}|[1-9]?\\d)';
const VERSION = /(?:\bv|\bversion|\brelease|\bbuild|\bsection|\bchapter|§)[ .:=#]{0,3}$/i;
/** Addresses that point at nobody: unspecified, loopback, broadcast and masks. */
const NOBODY = /^(?:0\.0\.0\.0|127\.0\.0\.1|255\.255\.\d+\.\d+)$/;

/** IPv4 in dotted decimal and IPv6 (RFC 4291 §2.2), unless they read like a version or point at nobody. */
export const ipAddress = recogniser({
  id: 'ip_address',
  group: 'pii',
  called: 'an IP address',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.]|\\w-)(?:${OCTET}\\.){3}${OCTET}(?![\\w]|[.-]\\w)`,
      check: (value, before) => !NOBODY.test(value) && !VERSION.test(before),
    },
    {
      anchor: { kind: 'char', char: ':', before: '[0-9A-Fa-f]', max: 4 },
      pattern: `(?<![\\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:${OCTET}(?:\\.${OCTET}){3}|[0-9A-Fa-f]{0,4})(?![\\w:]|\\.\\w)`,
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

function sixthVersion(value: string): boolean {
  if (!isIPv6(value)) return false;
  const groups = value.split(':').filter((group) => group !== '');
  return (
    groups.length > 2 || (groups.length === 2 && /^[0-9A-Fa-f]{4}$/.test(groups[0] ?? '') && /\d/.test(value))
  );
}
