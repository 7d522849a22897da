/**
 * Recognises frames that differ from one already looked at in nothing but their text, by comparing strings: nearly all
 * of a stream. What stands between the texts is the same to the byte, so such a frame fits its dialect as the first
 * one did, and holds no more of interest.
 */

/** Members whose value may be any string, or any number, in every dialect: what varies from delta to delta. */
const HOLES =
  /"(?:content|text|delta|arguments|partial_json|refusal|reasoning_content|reasoning|thinking|obfuscation)"\s*:\s*"((?:[^"\\]|\\.)*)"|"(?:sequence_number|created)"\s*:\s*(\d+)/g;

/** Kinds of deltas that one stream alternates between: choices, calls, text and reasoning. */
const MOST = 8;
const MOST_DIGITS = 15;
const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;

interface Skeleton {
  /** What stands before each hole, and after the last one. */
  readonly bones: readonly string[];
  /** Of each hole: digits, or the text of a string. */
  readonly digits: readonly boolean[];
}

export class Skeletons {
  readonly #known: Skeleton[] = [];

  /** @param frame one that was looked at and may pass as it is, each byte a character */
  learn(frame: string): void {
    const skeleton = skeletonOf(frame);
    if (skeleton === undefined) return;
    this.#known.unshift(skeleton);
    if (this.#known.length > MOST) this.#known.pop();
  }

  /** Whether the text is a run of whole frames, each with a known skeleton. */
  known(frames: string): boolean {
    let at = 0;
    while (at >= 0 && at < frames.length) at = this.#frameEnd(frames, at);
    return at > 0;
  }

  #frameEnd(frames: string, from: number): number {
    const known = this.#known;
    for (let index = 0; index < known.length; index++) {
      const skeleton = known[index] as Skeleton;
      const end = endOf(skeleton, frames, from);
      if (end < 0) continue;
      if (index > 0) {
        known.splice(index, 1);
        known.unshift(skeleton);
      }
      return end;
    }
    return -1;
  }
}

function skeletonOf(frame: string): Skeleton | undefined {
  const bones: string[] = [];
  const digits: boolean[] = [];
  let at = 0;
  for (const match of frame.matchAll(HOLES)) {
    const hole = match[1] ?? match[2] ?? '';
    const isNumber = match[2] !== undefined;
    const end = match.index + match[0].length - (isNumber ? 0 : 1);
    bones.push(frame.slice(at, end - hole.length));
    digits.push(isNumber);
    at = end;
  }
  bones.push(frame.slice(at));
  return digits.length === 0 ? undefined : { bones, digits };
}

/** Where a frame of this skeleton that begins at `from` ends; -1 where there is none. */
function endOf({ bones, digits }: Skeleton, text: string, from: number): number {
  let at = from;
  for (let index = 0; index < digits.length; index++) {
    const bone = bones[index] as string;
    if (text.slice(at, at + bone.length) !== bone) return -1;
    at = digits[index] ? digitsEnd(text, at + bone.length) : stringEnd(text, at + bone.length);
    if (at < 0) return -1;
  }
  const last = bones[digits.length] as string;
  return text.slice(at, at + last.length) === last ? at + last.length : -1;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE; code = text.charCodeAt(at)) at++;
  return at > from && at - from <= MOST_DIGITS ? at : -1;
}

/** The closing quote of the string whose text begins at `from`; -1 where a line ends before it. */
function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code < SPACE) return -1;
    if (code === BACKSLASH) at++;
  }
  return -1;
}
