import { z } from 'zod';
import type { RandomBytes } from '../core/ids.ts';

export const redactionSettings = z
  .strictObject({
    pseudonym_key: z
      .string()
      .min(32)
      .describe(
        'Secret that keys placeholders such as <EMAIL_k7f2q9ab>; the same on every node. Without it each start draws one, and placeholders change with it.',
      )
      .exactOptional(),
  })
  .describe('Redaction of personal data and secrets; what is redacted is said by policies (section pii).');
export type RedactionSettings = z.output<typeof redactionSettings>;

/** The key of placeholders: as configured, else drawn now. */
export function pseudonymKey(settings: RedactionSettings, random: RandomBytes): Uint8Array {
  if (settings.pseudonym_key !== undefined) return new TextEncoder().encode(settings.pseudonym_key);
  const key = new Uint8Array(32);
  random(key);
  return key;
}
