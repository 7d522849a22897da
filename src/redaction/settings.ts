import { z } from 'zod';

const analyserSettings = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .describe('Where it is asked: http://presidio:3000/analyze, or any service that speaks the same.')
      .exactOptional(),
    language: z.string().min(2).default('en').describe('The language that it is told.'),
    entities: z
      .record(z.string(), z.string())
      .describe(
        'Which of its types stand for which entity of policies: { PERSON: person }. Unset: the types of Presidio that have an entity here.',
      )
      .exactOptional(),
    score_threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Findings that it is less sure of are left out.'),
    timeout_ms: z.int().min(1).default(2000).describe('For all texts of a request together.'),
    max_connections: z.int().min(1).default(16).describe('Texts that are asked about at once.'),
    on_failure: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe('Where it fails: refuse with 503, or go on with what the gateway finds by itself.'),
    answers: z
      .boolean()
      .default(false)
      .describe('Whether answers are analysed, too. They must then be whole: streams are refused.'),
  })
  .describe(
    'An external service that finds what needs a model, where url is set. It is asked where a policy names one of its entities.',
  );
export type AnalyserSettings = z.output<typeof analyserSettings>;

export const redactionSettings = z
  .strictObject({
    pseudonym_key: z
      .string()
      .min(32)
      .describe(
        'Secret that keys pseudonyms such as <EMAIL_k7f2q9ab> and the hashes in the audit trail; the same on every node. Without it each start draws one, and they change with it.',
      )
      .exactOptional(),
    analyser: analyserSettings.prefault({}),
  })
  .describe('Redaction of personal data and secrets; what is redacted is said by policies (section pii).');
