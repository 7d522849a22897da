import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Dialect, FilePiece, StreamPiece, TextPiece } from '../dialects/dialect.ts';
import type { EventTransform } from '../gateway/stage.ts';
import { AnswerTransform, replaceText } from './answer.ts';
import { Chain, Watched } from './chain.ts';
import { textFile } from './files.ts';
import { Findings } from './findings.ts';
import { JsonText } from './json-text.ts';
import type { OrgKey } from './keys.ts';
import type { Finding, RedactionPlan, RedactionUse } from './plan.ts';
import { LITERAL, Pseudonyms } from './pseudonyms.ts';
import { replaceLookAlikes } from './restorer.ts';
import type { Ruling, Rulings } from './ruling.ts';
import { redactText, StreamRedactor, type TextStream } from './stream.ts';
import { Hasher, type Means, policyThatSettled, Verdicts, Watcher } from './verdicts.ts';

/** Members, or channels of a stream, that hold what a tool is called with. */
const TOOL_ARGUMENTS = /(?:^|[./])(?:arguments|mcp_arguments|input|partial_json)(?:[./[]|$)/;

/** One request's redaction: its pseudonyms, its findings, and the way its answer takes back. */
export class Redaction implements RedactionUse {
  readonly #rulings: Rulings;
  readonly #dialect: Dialect;
  readonly #findings: Findings;
  readonly #asked: Means;
  /** Pseudonyms that an answer's own values got are never put back. */
  readonly #answered: Means;
  #texts: readonly TextPiece[] = [];

  /** @param session the conversation, where the client names it; else '' */
  constructor(rulings: Rulings, dialect: Dialect, key: OrgKey, session: string) {
    this.#rulings = rulings;
    this.#dialect = dialect;
    this.#findings = new Findings(key);
    const conversation = () => (session === '' ? `begins\0${this.#beginning()}` : `named\0${session}`);
    const common = { key, findings: this.#findings, fakes: new Set<string>() };
    this.#asked = { ...common, pseudonyms: new Pseudonyms(key, conversation) };
    this.#answered = { ...common, pseudonyms: new Pseudonyms(key, conversation) };
  }

  findings(): Finding[] {
    return this.#findings.list();
  }

  kept(text: string): string {
    const detector = this.#rulings.request?.detector;
    return detector === undefined ? text : redactText(detector, new Hasher(this.#asked.key), text);
  }

  /**
   * Rewrites every text of the body in place.
   *
   * @returns whether anything changed
   * @throws Fault `pii_blocked` naming what was found, where, and the policy; never the value
   */
  request(body: JsonObject): boolean {
    const { request: ruling, plan } = this.#rulings;
    if (ruling === undefined && plan.files === 'allow') return false;
    const files: FilePiece[] = [];
    this.#texts = this.#dialect.texts(body, files);
    if (plan.files === 'block' && files[0] !== undefined) throw fileBlocked(files[0], plan);
    if (ruling === undefined) return false;
    const rewriter = new Rewriter(ruling, this.#asked);
    let changed = false;
    for (const file of files) changed = rewriter.file(file) || changed;
    for (const piece of this.#texts) changed = rewriter.piece(piece) || changed;
    return changed;
  }

  transform(): EventTransform | undefined {
    const restores = this.#asked.pseudonyms.used && this.#rulings.plan.restore !== 'nowhere';
    if (this.#rulings.answer === undefined && !restores) return undefined;
    return new AnswerTransform(this.#dialect, (piece, counted) => this.#answerText(piece, counted));
  }

  /** First what the answer itself brings is redacted, then what the request had hidden is put back. */
  #answerText(piece: TextPiece | StreamPiece, counted: boolean): TextStream | undefined {
    const ruling = this.#rulings.answer;
    let stream: TextStream | undefined;
    if (ruling?.detector !== undefined) {
      const verdicts = new Verdicts(ruling, this.#answered, counted);
      verdicts.path = piece.path;
      stream = new StreamRedactor(ruling.detector, verdicts);
    }
    if (this.#restores(piece)) {
      const restorer = this.#asked.pseudonyms.restorer();
      stream = stream === undefined ? restorer : new Chain(stream, restorer);
    }
    if (ruling?.watcher !== undefined && counted) {
      const watcher = new StreamRedactor(ruling.watcher, new Watcher(ruling, this.#findings));
      stream = new Watched(watcher, stream);
    }
    return stream !== undefined && piece.json ? new JsonText(stream) : stream;
  }

  #restores(piece: TextPiece | StreamPiece): boolean {
    const { restore } = this.#rulings.plan;
    if (restore === 'nowhere' || !this.#asked.pseudonyms.used) return false;
    return restore === 'everywhere' || !TOOL_ARGUMENTS.test('channel' in piece ? piece.channel : piece.path);
  }

  /** What tells a conversation from others where nobody names it: the first thing the user said in it. */
  #beginning(): string {
    return this.#texts.find((piece) => piece.origin === 'user')?.text ?? '';
  }
}

/** Takes the texts of one request through its ruling; one for all, so that a short text costs little. */
class Rewriter {
  readonly #verdicts: Verdicts;
  readonly #text: TextStream;
  readonly #json: TextStream;
  /** undefined where no pseudonyms are given. */
  readonly #pseudonyms: Pseudonyms | undefined;

  constructor(ruling: Ruling, means: Means) {
    this.#verdicts = new Verdicts(ruling, means, true);
    const redactor = ruling.detector && new StreamRedactor(ruling.detector, this.#verdicts);
    const watcher = ruling.watcher && new StreamRedactor(ruling.watcher, new Watcher(ruling, means.findings));
    const stream = watcher === undefined ? redactor : new Watched(watcher, redactor);
    if (stream === undefined) throw new Error('a ruling that looks for nothing');
    this.#text = stream;
    this.#json = new JsonText(stream);
    this.#pseudonyms = ruling.actions.includes('pseudonymise') ? means.pseudonyms : undefined;
  }

  /** Whether the piece had to change. */
  piece(piece: TextPiece): boolean {
    this.#verdicts.path = piece.path;
    const before = this.#verdicts.replaced;
    const given = this.#escaped(piece);
    const text = piece.json && isJson(given) ? this.#json.end(given) : this.#text.end(given);
    // JSON without a finding may be escaped another way; then the client's own spelling stays
    if (text === piece.text || (this.#verdicts.replaced === before && given === piece.text)) return false;
    replaceText(piece, text);
    return true;
  }

  /** A file that is text is read like any other text. */
  file(piece: FilePiece): boolean {
    const file = textFile(piece);
    if (file === undefined) return false;
    this.#verdicts.path = piece.path;
    const text = this.#text.end(file.text);
    if (text === file.text) return false;
    (piece.holder as Record<string | number, string>)[piece.key] = file.encoded(text);
    return true;
  }

  /**
   * What a person wrote like a pseudonym gets one of its own, so that it comes back as it was written. In what
   * the model wrote, and in what tools made of it, pseudonyms are ours.
   */
  #escaped({ text, origin }: TextPiece): string {
    const pseudonyms = this.#pseudonyms;
    if (pseudonyms === undefined || origin === 'assistant' || origin === 'tool') return text;
    return replaceLookAlikes(text, (written) => pseudonyms.of(LITERAL, written, written));
  }
}

function fileBlocked({ path }: FilePiece, plan: RedactionPlan): Fault {
  return new Fault(
    'pii_blocked',
    `The request holds a file at ${path}, which ${policyThatSettled(plan.settledBy, 'files')} blocks. Send its text instead.`,
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
