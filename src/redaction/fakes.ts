import { luhn, mod97 } from './checksums.ts';

const FIRST =
  'Alex Blake Casey Dana Eden Finley Gray Harper Indy Jamie Kai Logan Morgan Noel Parker Quinn'.split(' ');
const LAST =
  'Ashby Birch Calder Dale Elm Frost Garner Hale Irwin Jarvis Kerr Lowell Marsh North Oakes Pryce'.split(' ');
const PLACES = 'Ashford Brookfield Cedarville Eastham Fairview Greenville Lakeside Milton'.split(' ');
/** Blocks for documentation: RFC 5737. */
const NETWORKS = ['192.0.2', '198.51.100', '203.0.113'];
const AREAS = [202, 212, 303, 312, 404, 415, 503, 617, 702, 808];

/** Makes a value of the same form that nobody has, from bytes that are the same for the same value. */
type Fake = (value: string, bytes: Uint8Array) => string;

/** What can be faked; whatever else a policy would fake is masked. */
const FAKES: Readonly<Record<string, Fake>> = {
  credit_card: card,
  email: (_value, bytes) =>
    `${pick(FIRST, bytes, 0)}.${pick(LAST, bytes, 1)}${two(bytes, 2)}@example.com`.toLowerCase(),
  // 555-0100 to 555-0199 are kept for fiction in every area of the North American plan
  phone: (value, bytes) =>
    `${value.startsWith('+') ? '+1 ' : ''}${pick(AREAS, bytes, 0)}-555-01${two(bytes, 1)}`,
  iban,
  // 987-65-4320 to 4329 are kept for advertisements
  us_ssn: (_value, bytes) => `987-65-432${at(bytes, 0) % 10}`,
  ip_address: (value, bytes) =>
    value.includes(':')
      ? `2001:db8::${at(bytes, 0).toString(16)}:${at(bytes, 1).toString(16)}`
      : `${pick(NETWORKS, bytes, 0)}.${1 + (at(bytes, 1) % 254)}`,
  // RFC 7042 keeps 00-00-5E-00-53-xx for documentation
  mac_address: (value, bytes) =>
    ['00', '00', '5e', '00', '53', at(bytes, 0).toString(16).padStart(2, '0')].join(
      value.includes('-') ? '-' : ':',
    ),
  person: (_value, bytes) => `${pick(FIRST, bytes, 0)} ${pick(LAST, bytes, 1)}`,
  location: (_value, bytes) => pick(PLACES, bytes, 0),
  organization: (_value, bytes) => `${pick(LAST, bytes, 0)} Example Ltd`,
};

/**
 * A stand-in that looks like the value and belongs to nobody: ranges that are kept for tests and documentation.
 *
 * @param bytes that are the same for the same value; 32 or more
 * @returns undefined where there is none for this entity
 */
export function fakeOf(entity: string, value: string, bytes: Uint8Array): string | undefined {
  return FAKES[entity]?.(value, bytes);
}

/** In a range of test cards, with a right check digit, grouped as the value is. */
function card(value: string, bytes: Uint8Array): string {
  const stem = `400000${digits(bytes, 9)}`;
  const number = [...'0123456789'].map((digit) => stem + digit).find(luhn) as string;
  return value.replace(/\D/g, '').length === number.length ? laidOut(number, value) : number;
}

/** Of the bank TEST, which does not exist, with right check digits. */
function iban(_value: string, bytes: Uint8Array): string {
  const account = `TEST${digits(bytes, 14)}`;
  const check = 98 - mod97(`GB00${account}`);
  return `GB${String(check).padStart(2, '0')}${account}`;
}

function laidOut(number: string, like: string): string {
  let next = 0;
  return like.replace(/\d/g, () => number.charAt(next++));
}

function at(bytes: Uint8Array, place: number): number {
  return bytes[place] ?? 0;
}

function pick<T>(from: readonly T[], bytes: Uint8Array, place: number): T {
  return from[at(bytes, place) % from.length] as T;
}

function two(bytes: Uint8Array, place: number): string {
  return String(at(bytes, place) % 100).padStart(2, '0');
}

function digits(bytes: Uint8Array, count: number): string {
  return Array.from(bytes.subarray(0, count), (byte) => byte % 10).join('');
}
