import { LIKELY, recogniser } from '../../recogniser.ts';

const LATITUDE = '(?:90(?:\\.0{1,10})?|[1-8]?\\d\\.\\d{4,12})';
const LONGITUDE = '(?:1[0-7]\\d|180|[1-9]?\\d)\\.\\d{4,12}';
const LABEL = '(?:[Ll]at(?:itude)?|[Ll]on(?:g|gitude)?|[Ll]ng)';

/** Latitude and longitude, in degrees with at least four decimals (some 10 m) or in degrees and minutes. */
export const coordinates = recogniser({
  id: 'coordinates',
  group: 'pii',
  called: 'coordinates',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.,]|\\w-|\\d, )${LATITUDE}(?:°?[NS])?(?:, ?|; ?)[-+]?${LONGITUDE}(?:°?[EW])?(?!\\w|, ?-?\\d|\\.\\d)`,
      check: (value) => /[NS]/.test(value) || /^[1-9].*[ ,;+-][1-9]/.test(value),
      score: LIKELY,
    },
    {
      anchor: { kind: 'text', texts: ['lat', 'lon', 'lng'], ignoreCase: true },
      pattern: `(?<![A-Za-z])${LABEL}["']?[:=] ?["']?[-+]?\\d{1,3}\\.\\d{3,12}(?![\\w]|[.,]\\d)`,
      check: (value) => [value.search(/[-+]?\d/), value.length],
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern:
        '(?<![\\w.])\\d{1,2}° ?\\d{1,2}[\'′’] ?(?:\\d{1,2}(?:\\.\\d{1,6})?["″”] ?)?[NS],? ?\\d{1,3}° ?\\d{1,2}[\'′’] ?(?:\\d{1,2}(?:\\.\\d{1,6})?["″”] ?)?[EW]',
    },
  ],
  examples: {
    found: [
      'at ‹40.712776, -74.005974›',
      '{"lat": ‹48.85837›, "lng": ‹2.294481›}',
      '‹40°26\'46"N 79°58\'56"W›',
    ],
    ignored: [
      '1.234, 5.678, 9.012',
      '99.712776, -74.005974',
      'v1.2.3, 4.5.6',
      'latency: 12.345s',
      'weights 0.1234 0.5678, 0.4',
    ],
  },
});
