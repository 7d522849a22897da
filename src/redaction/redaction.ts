import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Dialect, FilePiece, StreamPiece, TextPiece } from '../dialects/dialect.ts';
import type { EventTransform } from '../gateway/stage.ts';
import type { Analysed, Analyser } from './analyser.ts';
import { AnswerTransform, replaceText } from './answer.ts';
import { Chain, Watched } from './chain.ts';
import { CleanTexts } from './clean-texts.ts';
import { textFile } from './files.ts';
import { Findings } from './findings.ts';
import { asksForJson, isJson, isSaid, readsAsJson, stringsIn, stringsOf } from './json-in-texts.ts';
import { JsonText } from './json-text.ts';
import type { OrgKey } from './keys.ts';
import type { Match } from './match.ts';
import type { Finding, RedactionAction, RedactionPlan, RedactionUse } from './plan.ts';
import { LITERAL, Pseudonyms } from './pseudonyms.ts';
import { replaceLookAlikes } from './restorer.ts';
import { actionOf, acts, type Ruling, type Rulings, watches } from './ruling.ts';
import { redactText, StreamRedactor, type TextStream } from './stream.ts';
import { Hasher, type Means, policyThatSettled, Verdicts, Watcher } from './verdicts.ts';

/** Who is asked about texts, and until when. */
export interface Asking {
  readonly analyser: Analyser;
  readonly signal: AbortSignal;
}

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
  readonly #asking: Asking | undefined;
  #texts: readonly TextPiece[] = [];
  #answerFound: Analysed | undefined;
  #wantsJson = false;
  #complete = false;

  /**
   * @param session the conversation, where the client names it; else ''
   * @param asking the analyser, and what ends the wait for it
   */
  constructor(rulings: Rulings, dialect: Dialect, key: OrgKey, session: string, asking?: Asking) {
    this.#rulings = rulings;
    this.#dialect = dialect;
    this.#asking = asking;
    this.#findings = new Findings(key);
    const conversation = () => (session === '' ? `begins\0${this.#beginning()}` : `named\0${session}`);
    const common = { key, findings: this.#findings, fakes: new Set<string>() };
    this.#asked = { ...common, pseudonyms: new Pseudonyms(key, conversation) };
    this.#answered = { ...common, pseudonyms: new Pseudonyms(key, conversation) };
  }

  findings(): Finding[] {
    return this.#findings.list();
  }

  get complete(): boolean {
    return this.#complete;
  }

  kept(text: string): string {
    return keptText(this.#rulings, this.#asked.key, text);
  }

  /**
   * Rewrites every text of the body in place.
   *
   * @returns whether anything changed; later, where an analyser is asked
   * @throws Fault `pii_blocked` naming what was found, where, and the policy; never the value
   */
  request(body: JsonObject): boolean | Promise<boolean> {
    const changed = this.#rewrite(body);
    if (changed instanceof Promise) return changed.then((late) => this.#completed(late));
    return this.#completed(changed);
  }

  #completed(changed: boolean): boolean {
    this.#complete = true;
    return changed;
  }

  #rewrite(body: JsonObject): boolean | Promise<boolean> {
    const { request: ruling, plan } = this.#rulings;
    if (ruling === undefined && plan.files === 'allow') return false;
    const files: FilePiece[] = [];
    this.#texts = this.#dialect.texts(body, files);
    this.#wantsJson = asksForJson(body);
    if (plan.files === 'block' && files[0] !== undefined) throw fileBlocked(files[0], plan);
    if (ruling === undefined) return false;
    const types = typesFor(ruling, this.#asking);
    if (this.#asking === undefined || types.length === 0)
      return new Rewriter(ruling, this.#asked).all(this.#texts, files);
    const pseudonyms = pseudonymsOf(ruling, this.#asked);
    const texts = this.#texts.flatMap((piece) => stringsOf(piece, escaped(piece, pseudonyms)));
    for (const file of files) texts.push(textFile(file)?.text ?? '');
    const { analyser, signal } = this.#asking;
    return analyser
      .analyse(texts, types, signal)
      .then((found) => new Rewriter(ruling, this.#asked, found).all(this.#texts, files));
  }

  /** Whether the answer can only be judged in one piece. */
  get wantsWhole(): boolean {
    const { answer } = this.#rulings;
    return this.#asking?.analyser.readsAnswers === true && typesFor(answer, this.#asking).length > 0;
  }

  transform(): EventTransform | undefined {
    const restores = this.#asked.pseudonyms.used && this.#rulings.plan.restore !== 'nowhere';
    if (this.#rulings.answer === undefined && !restores) return undefined;
    const open = (piece: TextPiece | StreamPiece, counted: boolean) => this.#answerText(piece, counted);
    return new AnswerTransform(this.#dialect, open, this.wantsWhole ? this.#analyseAnswer : undefined);
  }

  readonly #analyseAnswer = async (body: JsonObject): Promise<void> => {
    if (this.#asking === undefined) return;
    const { analyser, signal } = this.#asking;
    const pieces = this.#dialect.answerTexts(body);
    const texts = pieces.flatMap((piece) => (this.#isJsonIn(piece) ? stringsIn(piece.text) : [piece.text]));
    this.#answerFound = await analyser.analyse(texts, typesFor(this.#rulings.answer, this.#asking), signal);
  };

  /** First what the answer itself brings is redacted, then what the request had hidden is put back. */
  #answerText(piece: TextPiece | StreamPiece, counted: boolean): TextStream | undefined {
    const ruling = this.#rulings.answer;
    let stream: TextStream | undefined;
    if (ruling?.detector !== undefined) {
      const verdicts = new Verdicts(ruling, this.#answered, counted);
      verdicts.path = piece.path;
      stream = new StreamRedactor(ruling.detector, verdicts, knownIn(ruling, this.#answerFound, acts));
    }
    if (this.#restores(piece)) {
      const restorer = this.#asked.pseudonyms.restorer();
      stream = stream === undefined ? restorer : new Chain(stream, restorer);
    }
    if (ruling?.watcher !== undefined && counted) {
      const known = knownIn(ruling, this.#answerFound, watches);
      const watcher = new StreamRedactor(ruling.watcher, new Watcher(ruling, this.#findings), known);
      stream = new Watched(watcher, stream);
    }
    if (piece.under !== '') stream?.begin?.(piece.under);
    return stream !== undefined && this.#isJsonIn(piece) ? new JsonText(stream) : stream;
  }

  /** Streams cannot be asked; what an analyser is to judge comes whole, and then it is what it is. */
  #isJsonIn(piece: TextPiece | StreamPiece): boolean {
    if (!piece.json && !(this.#wantsJson && isSaid(piece))) return false;
    return !this.wantsWhole || isJson(piece.text);
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

/** A text that came beside the body, with the hash in place of whatever policy does not let through in a request. */
export function keptText({ request: ruling }: Rulings, key: OrgKey, text: string): string {
  if (ruling?.detector === undefined) return text;
  return redactText(ruling.detector, new Hasher(ruling, key), text);
}

const cleanTexts = new CleanTexts();

/** Takes the texts of one request through its ruling; one for all, so that a short text costs little. */
class Rewriter {
  /** What it finds is a matter of the text alone: no analyser was asked, and nothing is counted that stays. */
  readonly #remembers: boolean;
  readonly #serial: number;
  readonly #verdicts: Verdicts;
  readonly #text: TextStream;
  readonly #json: TextStream;
  /** undefined where no pseudonyms are given. */
  readonly #pseudonyms: Pseudonyms | undefined;

  /** @param found by an analyser */
  constructor(ruling: Ruling, means: Means, found?: Analysed) {
    const { detector, watcher: alert } = ruling;
    this.#remembers = found === undefined && alert === undefined;
    this.#serial = ruling.serial;
    this.#verdicts = new Verdicts(ruling, means, true);
    const redactor = detector && new StreamRedactor(detector, this.#verdicts, knownIn(ruling, found, acts));
    const watcher =
      alert &&
      new StreamRedactor(alert, new Watcher(ruling, means.findings), knownIn(ruling, found, watches));
    const stream = watcher === undefined ? redactor : new Watched(watcher, redactor);
    if (stream === undefined) throw new Error('a ruling that looks for nothing');
    this.#text = stream;
    this.#json = new JsonText(stream);
    this.#pseudonyms = pseudonymsOf(ruling, means);
  }

  /** Whether anything had to change. */
  all(pieces: readonly TextPiece[], files: readonly FilePiece[]): boolean {
    let changed = false;
    for (const file of files) changed = this.#file(file) || changed;
    for (const piece of pieces) changed = this.#piece(piece) || changed;
    return changed;
  }

  #piece(piece: TextPiece): boolean {
    const given = escaped(piece, this.#pseudonyms);
    const name =
      this.#remembers && !piece.json && piece.under === ''
        ? cleanTexts.nameOf(given, this.#serial)
        : undefined;
    const weighed = this.#verdicts.weighed;
    if (name !== undefined && given === piece.text && cleanTexts.has(name)) return false;
    const changed = this.#rewrite(piece, given);
    if (name !== undefined && this.#verdicts.weighed === weighed) cleanTexts.add(name);
    return changed;
  }

  #rewrite(piece: TextPiece, given: string): boolean {
    this.#verdicts.path = piece.path;
    const before = this.#verdicts.replaced;
    if (piece.under !== '') this.#text.begin?.(piece.under);
    const text = readsAsJson(piece, given) ? this.#json.end(given) : this.#text.end(given);
    // JSON without a finding may be escaped another way; then the client's own spelling stays
    if (text === piece.text || (this.#verdicts.replaced === before && given === piece.text)) return false;
    replaceText(piece, text);
    return true;
  }

  /** A file that is text is read like any other text. */
  #file(piece: FilePiece): boolean {
    const file = textFile(piece);
    if (file === undefined) return false;
    this.#verdicts.path = piece.path;
    const text = this.#text.end(file.text);
    if (text === file.text) return false;
    (piece.holder as Record<string | number, string>)[piece.key] = file.encoded(text);
    return true;
  }
}

/**
 * What a person wrote like a pseudonym gets one of its own, so that it comes back as it was written. In what the
 * model wrote, and in what tools made of it, pseudonyms are ours.
 */
function escaped({ text, origin }: TextPiece, pseudonyms: Pseudonyms | undefined): string {
  if (pseudonyms === undefined || origin === 'assistant' || origin === 'tool') return text;
  return replaceLookAlikes(text, (written) => pseudonyms.of(LITERAL, written, written));
}

/** undefined where the ruling gives none. */
function pseudonymsOf({ actions }: Ruling, { pseudonyms }: Means): Pseudonyms | undefined {
  return actions.includes('pseudonymise') ? pseudonyms : undefined;
}

/** What the analyser is to be asked for. */
function typesFor(ruling: Ruling | undefined, asking: Asking | undefined): string[] {
  if (ruling === undefined || asking === undefined) return [];
  return asking.analyser.typesOf((rank) => actionOf(ruling, rank) !== 'allow');
}

/** What an analyser found of those entities that are wanted, by text. */
function knownIn(
  ruling: Ruling,
  found: Analysed | undefined,
  wanted: (action: RedactionAction) => boolean,
): ((text: string) => readonly Match[]) | undefined {
  if (found === undefined) return undefined;
  return (text) => (found.get(text) ?? []).filter(({ rank }) => wanted(actionOf(ruling, rank)));
}

function fileBlocked({ path }: FilePiece, plan: RedactionPlan): Fault {
  return new Fault(
    'pii_blocked',
    `The request holds a file at ${path}, which ${policyThatSettled(plan.settledBy, 'files')} blocks. Send its text instead.`,
    { param: path },
  );
}
