import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Dialect, TextPiece } from '../dialects/dialect.ts';
import type { EventTransform } from '../gateway/stage.ts';
import { AnswerTransform, replaceText } from './answer.ts';
import { Chain, JsonText } from './json-text.ts';
import type { Placeholders } from './placeholders.ts';
import { type Finding, type RedactionAction, type RedactionUse, STRICTNESS } from './plan.ts';
import type { Recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import type { Ruling, Rulings } from './ruling.ts';
import { type Judge, StreamRedactor, type TextStream } from './stream.ts';

/** One request's redaction: its placeholders, its findings, and the way its answer takes back. */
export class Redaction implements RedactionUse {
  readonly #rulings: Rulings;
  readonly #placeholders: Placeholders;
  readonly #dialect: Dialect;
  readonly #findings = new Map<string, { -readonly [K in keyof Finding]: Finding[K] }>();

  #replaced = 0;

  constructor(rulings: Rulings, placeholders: Placeholders, dialect: Dialect) {
    this.#rulings = rulings;
    this.#placeholders = placeholders;
    this.#dialect = dialect;
  }

  findings(): Finding[] {
    return Array.from(this.#findings.values(), (finding) => ({ ...finding }));
  }

  /**
   * Rewrites every text of the body in place.
   *
   * @returns whether anything changed
   * @throws Fault `pii_blocked` naming what was found, where, and the policy; never the value
   */
  request(body: JsonObject): boolean {
    const ruling = this.#rulings.request;
    if (ruling === undefined) return false;
    let changed = false;
    for (const piece of this.#dialect.texts(body)) {
      const before = this.#replaced;
      const stream = new StreamRedactor(ruling.detector, this.#judge(ruling, piece.path, true));
      const text =
        piece.json && isJson(piece.text) ? new JsonText(stream).end(piece.text) : stream.end(piece.text);
      // JSON without a finding may be escaped another way; then the client's own spelling stays
      if (text === piece.text || this.#replaced === before) continue;
      replaceText(piece, text);
      changed = true;
    }
    return changed;
  }

  transform(): EventTransform | undefined {
    if (this.#rulings.answer === undefined && !this.#placeholders.used) return undefined;
    return new AnswerTransform(this.#dialect, (piece, counted) => this.#answerText(piece, counted));
  }

  /** First what the answer itself brings is redacted, then what the request had hidden is put back. */
  #answerText(piece: TextPiece, counted: boolean): TextStream {
    const ruling = this.#rulings.answer;
    const restorer = this.#placeholders.used ? this.#placeholders.restorer() : undefined;
    const redactor = ruling && new StreamRedactor(ruling.detector, this.#judge(ruling, piece.path, counted));
    const stream = redactor && restorer ? new Chain(redactor, restorer) : (redactor ?? restorer);
    if (stream === undefined) throw new Error('an answer that nothing changes has no transform');
    return piece.json ? new JsonText(stream) : stream;
  }

  #judge(ruling: Ruling, path: string, counted: boolean): Judge {
    return {
      weigh: (rank) => {
        const action = ruling.actions[rank] as RedactionAction;
        if (action !== 'block') return STRICTNESS.indexOf(action);
        const entity = RECOGNISERS[rank] as Recogniser;
        this.#count(entity.id, action, ruling.direction);
        throw blocked(entity, ruling, path);
      },
      replace: (rank, weight, value) => {
        this.#replaced++;
        const entity = RECOGNISERS[rank] as Recogniser;
        const reversible =
          STRICTNESS[weight] === 'placeholder' && entity.group !== 'secret' && value !== undefined;
        if (counted) this.#count(entity.id, reversible ? 'placeholder' : 'mask', ruling.direction);
        if (!reversible) return `<${entity.id.toUpperCase()}>`;
        return this.#placeholders.of(entity.id, value, entity.canonical?.(value) ?? value);
      },
    };
  }

  #count(entity: string, action: RedactionAction, direction: Finding['direction']): void {
    const key = `${direction} ${entity} ${action}`;
    const finding = this.#findings.get(key);
    if (finding === undefined) this.#findings.set(key, { entity, action, direction, count: 1 });
    else finding.count++;
  }
}

function blocked(entity: Recogniser, { direction, plan }: Ruling, path: string): Fault {
  const policy = plan.settledBy?.[`${direction}.${entity.id}`];
  const by = policy === undefined ? 'the policy of the organisation' : `the policy "${policy}"`;
  if (direction === 'answer')
    return new Fault(
      'answer_blocked',
      `The answer held ${entity.called} (${entity.id}), which ${by} blocks.`,
    );
  return new Fault(
    'pii_blocked',
    `The request holds ${entity.called} (${entity.id}) at ${path}, which ${by} blocks. Remove it and send the request again.`,
    { param: path },
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
