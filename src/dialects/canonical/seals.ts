import type { Part, Seal } from './request.ts';

/**
 * How a vendor's signature travels through a client of another dialect: as text in the place where that dialect
 * keeps its own, marked, so that it finds its way back and nobody else's is mistaken for it.
 */

const MARK = 'sluice.';
/** `sluice.` in base64, which is what Gemini's clients take a signature for. */
const MARK_BASE64 = Buffer.from(MARK).toString('base64').slice(0, 9);

/** The seal as text for a place that belongs to `owner`: bare where it is the owner's own. */
export function sealText(seal: Seal, owner: Seal['format']): string {
  if (seal.format === owner) return seal.data;
  const text = `${MARK}${seal.format}.${seal.whole === true ? 'w' : 's'}.${encodeURIComponent(seal.id ?? '')}.${seal.data}`;
  return owner === 'gemini' ? Buffer.from(text).toString('base64') : text;
}

/** Reads what stands in a place that belongs to `owner`. */
export function readSeal(text: string, owner: Seal['format'], whole = false, id?: string): Seal {
  const plain = text.startsWith(MARK_BASE64) ? Buffer.from(text, 'base64').toString('utf8') : text;
  if (plain.startsWith(MARK)) {
    const [, format, kind, itsId = '', ...data] = plain.split('.');
    if (format === 'anthropic' || format === 'openai' || format === 'gemini') {
      const seal = { format, data: data.join('.'), whole: kind === 'w' } as const;
      return itsId === '' ? seal : { ...seal, id: decodeURIComponent(itsId) };
    }
  }
  const seal = { format: owner, data: text, whole };
  return id === undefined ? seal : { ...seal, id };
}

/**
 * Gemini signs calls and texts, not thoughts. Other dialects carry such a signature as a thought of its own:
 * this puts it back where it was.
 */
export function attachGeminiSeals(parts: readonly Part[]): Part[] {
  const kept: Part[] = [];
  const sealed: Seal[] = [];
  for (const part of parts) {
    if (part.kind === 'thought' && part.seal?.format === 'gemini' && part.text === '') sealed.push(part.seal);
    else kept.push(part);
  }
  for (const { format, data, id } of sealed) {
    const owner =
      id === undefined
        ? kept.findLast((part) => part.kind === 'text')
        : kept.find((part) => part.kind === 'call' && part.id === id);
    if (owner?.kind === 'call' || owner?.kind === 'text') owner.seal = { format, data };
  }
  return kept;
}
