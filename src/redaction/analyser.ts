import { Pool } from 'undici';
import { z } from 'zod';
import { Fault } from '../core/fault.ts';
import type { Match } from './match.ts';
import type { Recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import type { AnalyserSettings } from './settings.ts';

/** Presidio's types, and what they are called here: https://microsoft.github.io/presidio/supported_entities/ */
const PRESIDIO: Readonly<Record<string, string>> = {
  PERSON: 'person',
  LOCATION: 'location',
  ORGANIZATION: 'organization',
  EMAIL_ADDRESS: 'email',
  PHONE_NUMBER: 'phone',
  CREDIT_CARD: 'credit_card',
  IBAN_CODE: 'iban',
  US_SSN: 'us_ssn',
  IP_ADDRESS: 'ip_address',
  MAC_ADDRESS: 'mac_address',
  CRYPTO: 'bitcoin_address',
  DATE_TIME: 'date',
  NRP: 'nationality',
  URL: 'url',
  MEDICAL_LICENSE: 'us_dea',
  US_BANK_NUMBER: 'bank_account',
  US_DRIVER_LICENSE: 'us_driver_license',
  US_ITIN: 'us_itin',
  US_PASSPORT: 'us_passport',
  US_MBI: 'us_mbi',
  US_NPI: 'us_npi',
  UK_NHS: 'uk_nhs',
  UK_NINO: 'uk_nino',
  ES_NIF: 'es_nif',
  ES_NIE: 'es_nie',
  IT_FISCAL_CODE: 'it_fiscal_code',
  IT_DRIVER_LICENSE: 'it_driver_license',
  IT_IDENTITY_CARD: 'it_identity_card',
  IT_PASSPORT: 'passport',
  PL_PESEL: 'pl_pesel',
  SG_NRIC_FIN: 'sg_nric',
  AU_ABN: 'au_abn',
  AU_ACN: 'au_acn',
  AU_TFN: 'au_tfn',
  AU_MEDICARE: 'au_medicare',
  IN_PAN: 'in_pan',
  IN_AADHAAR: 'in_aadhaar',
  IN_VOTER: 'in_voter_id',
  IN_PASSPORT: 'passport',
  IN_GSTIN: 'in_gstin',
  FI_PERSONAL_IDENTITY_CODE: 'fi_hetu',
  KR_RRN: 'kr_rrn',
  TH_TNIN: 'th_id',
};

/** A value that is not ours to judge again: as sure as the analyser says. */
const PERCENT = 100;

/** What an analyser answers; it may say more of a finding. https://microsoft.github.io/presidio/api-docs/api-docs.html */
const answerSchema = z.array(
  z.object({
    entity_type: z.string(),
    start: z.int().min(0),
    end: z.int().min(0),
    score: z.number(),
  }),
);
type Answer = z.output<typeof answerSchema>;

/** What was found, by text. */
export type Analysed = ReadonlyMap<string, readonly Match[]>;

/** Asks a service that speaks Presidio's HTTP API for what needs a model: names, places, whatever it knows. */
export class Analyser {
  readonly #settings: AnalyserSettings;
  readonly #pool: Pool;
  readonly #path: string;
  /** Ranks by the analyser's types. */
  readonly #ranks = new Map<string, number>();

  /**
   * @param address where it is asked
   * @throws RangeError where a setting gives a type to an entity that does not exist
   */
  constructor(address: string, settings: AnalyserSettings) {
    this.#settings = settings;
    const url = new URL(address);
    this.#path = `${url.pathname}${url.search}`;
    this.#pool = new Pool(url.origin, { connections: settings.max_connections });
    for (const [type, id] of Object.entries(settings.entities ?? PRESIDIO)) {
      const rank = RECOGNISERS.findIndex((each: Recogniser) => each.id === id);
      if (rank >= 0) this.#ranks.set(type, rank);
      else throw new RangeError(`redaction.analyser.entities.${type}: there is no entity "${id}"`);
    }
  }

  /** Whether answers are to be analysed, too. */
  get readsAnswers(): boolean {
    return this.#settings.answers;
  }

  /** The types to ask for where these ranks are wanted. */
  typesOf(wanted: (rank: number) => boolean): string[] {
    return [...this.#ranks].filter(([, rank]) => wanted(rank)).map(([type]) => type);
  }

  /**
   * Asks about all texts, the same one once.
   *
   * @throws Fault `analyser_unavailable` where one of them gets no sound answer in time, unless that is allowed
   */
  async analyse(texts: Iterable<string>, types: readonly string[], signal: AbortSignal): Promise<Analysed> {
    const wanted = [...new Set(texts)].filter((text) => /\S\s*\S/.test(text));
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(this.#settings.timeout_ms)]);
    const found = await Promise.all(wanted.map((text) => this.#ask(text, types, deadline)));
    return new Map(wanted.map((text, index) => [text, found[index] ?? []]));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #ask(text: string, types: readonly string[], signal: AbortSignal): Promise<Match[]> {
    const { language, score_threshold, on_failure: onFailure } = this.#settings;
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'POST',
        path: this.#path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text, language, entities: types, score_threshold }),
        signal,
      });
      const answer = await body.text();
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      return this.#matches(text, answerSchema.parse(JSON.parse(answer)));
    } catch (error) {
      if (onFailure === 'allow') return [];
      // the answer may quote the text, so it is not passed on
      const internal = `analyser: ${error instanceof Error ? error.name : 'failed'}`;
      throw new Fault(
        'analyser_unavailable',
        'The external analyser that redaction relies on did not answer in time or not as expected, so nothing was sent. Try again later.',
        { internal },
      );
    }
  }

  #matches(text: string, answer: Answer): Match[] {
    const place = placesIn(text);
    return answer.flatMap(({ entity_type: type, start, end, score }) => {
      const rank = this.#ranks.get(type);
      if (rank === undefined || end <= start || score < this.#settings.score_threshold) return [];
      return [{ start: place(start), end: place(end), rank, score: score * PERCENT, tail: undefined }];
    });
  }
}

/** From Python's offsets, which count code points, to those of UTF-16. */
function placesIn(text: string): (codePoint: number) => number {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return (place) => Math.min(place, text.length);
  const starts: number[] = [];
  let at = 0;
  for (const char of text) {
    starts.push(at);
    at += char.length;
  }
  return (place) => starts[place] ?? text.length;
}
