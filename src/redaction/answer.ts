import type { JsonObject } from '../core/json.ts';
import type { Dialect, StreamPiece, TextPiece } from '../dialects/dialect.ts';
import type { EventTransform } from '../gateway/stage.ts';
import type { TextStream } from './stream.ts';

/**
 * @param counted false for a text that repeats what was streamed before
 * @returns undefined where the text stays as it is
 */
type OpenText = (piece: TextPiece | StreamPiece, counted: boolean) => TextStream | undefined;

interface Channel {
  readonly text: TextStream;
  /** The last event of the channel: with the event that closes it, the model of one more. */
  like: JsonObject;
}

/**
 * Takes an answer through redaction, event by event or whole: every channel of text has a stream of its own, so
 * a value cut over several events is still one. No event is lost: one whose text is held back goes out without it,
 * and the text follows in the next of its channel, or in one more before the event that closes the channel.
 */
export class AnswerTransform implements EventTransform {
  readonly #dialect: Dialect;
  readonly #open: OpenText;
  readonly #channels = new Map<string, Channel>();
  /** Events that the provider did not send. */
  #added = 0;

  readonly ready: ((body: JsonObject) => Promise<void> | undefined) | undefined;

  /** @param ready see EventTransform */
  constructor(dialect: Dialect, open: OpenText, ready: AnswerTransform['ready']) {
    this.#dialect = dialect;
    this.#open = open;
    this.ready = ready;
  }

  event(event: JsonObject): JsonObject[] {
    const { stream } = this.#dialect;
    this.#dialect.dropTokenEchoes(event);
    const pieces = stream.pieces(event);
    for (const piece of pieces) this.#rewrite(piece, event);
    const closing = stream.closes(event);
    if (this.#channels.size === 0 || closing.length === 0) return this.#numbered([event]);
    const out: JsonObject[] = [];
    for (const name of this.#named(closing)) {
      const held = this.#close(name);
      if (held === undefined) continue;
      const last = pieces.findLast((piece) => piece.channel === name && !piece.aggregate);
      if (last === undefined) out.push(stream.carrier(name, held.text, { ...held.like, ...event }));
      else append(last, held.text);
    }
    out.push(event);
    return this.#numbered(out);
  }

  end(): JsonObject[] {
    const out: JsonObject[] = [];
    for (const name of this.#named('all')) {
      const held = this.#close(name);
      if (held !== undefined) out.push(this.#dialect.stream.carrier(name, held.text, held.like));
    }
    return out;
  }

  /** Where events have numbers, each has its own: those added before the last of these get the next ones. */
  #numbered(events: JsonObject[]): JsonObject[] {
    const number = events.at(-1)?.sequence_number;
    if (typeof number !== 'number' || (this.#added === 0 && events.length === 1)) return events;
    for (const event of events) event.sequence_number = number + this.#added++;
    this.#added--;
    return events;
  }

  whole(body: JsonObject): void {
    this.#dialect.dropTokenEchoes(body);
    for (const piece of this.#dialect.answerTexts(body)) this.#atOnce(piece, true);
  }

  #rewrite(piece: StreamPiece, event: JsonObject): void {
    if (piece.aggregate) return this.#atOnce(piece, false);
    let channel = this.#channels.get(piece.channel);
    if (channel === undefined) {
      const text = this.#open(piece, true);
      if (text === undefined) return;
      channel = { text, like: event };
      this.#channels.set(piece.channel, channel);
    }
    channel.like = event;
    replaceText(piece, channel.text.push(piece.text));
  }

  #atOnce(piece: TextPiece, counted: boolean): void {
    const text = this.#open(piece, counted)?.end(piece.text);
    if (text !== undefined && text !== piece.text) replaceText(piece, text);
  }

  /** The open channels among those named; a name that ends in `/` stands for all that begin with it. */
  #named(names: readonly string[] | 'all'): string[] {
    const open = [...this.#channels.keys()];
    if (names === 'all') return open;
    return open.filter((channel) =>
      names.some((name) => (name.endsWith('/') ? channel.startsWith(name) : channel === name)),
    );
  }

  #close(name: string): { readonly text: string; readonly like: JsonObject } | undefined {
    const channel = this.#channels.get(name);
    if (channel === undefined) return undefined;
    this.#channels.delete(name);
    const text = channel.text.end();
    return text === '' ? undefined : { text, like: channel.like };
  }
}

/** Puts a new text where the piece was read. */
export function replaceText({ holder, key, name }: TextPiece, text: string): void {
  if (name) renameMember(holder as Record<string, unknown>, String(key), text);
  else (holder as Record<string | number, string>)[key] = text;
}

/** Members keep their order. */
function renameMember(object: Record<string, unknown>, from: string, to: string): void {
  for (const [key, value] of Object.entries(object)) {
    delete object[key];
    // a plain assignment to `__proto__` would change the object's prototype
    const member = { value, enumerable: true, writable: true, configurable: true };
    Object.defineProperty(object, key === from ? to : key, member);
  }
}

function append(piece: TextPiece, text: string): void {
  const holder = piece.holder as Record<string | number, string>;
  holder[piece.key] = `${holder[piece.key] ?? ''}${text}`;
}
