import type { Form } from './recogniser.ts';

type Check = NonNullable<Form['check']>;
type Answer = ReturnType<Check>;

const PLACES = 32;

/** What one check said of the last values, by a few of the characters that it saw. */
class Repeats {
  readonly #values = new Array<string>(PLACES).fill('');
  readonly #befores = new Array<string>(PLACES).fill('');
  readonly #answers = new Array<Answer>(PLACES).fill(false);
  #used = false;

  answer(check: Check, value: string, before: string): Answer {
    const place = placeOf(value, before);
    if (this.#values[place] === value && this.#befores[place] === before)
      return this.#answers[place] as Answer;
    const answer = check(value, before);
    this.#values[place] = value;
    this.#befores[place] = before;
    this.#answers[place] = answer;
    this.#used = true;
    return answer;
  }

  forget(): void {
    if (!this.#used) return;
    this.#values.fill('');
    this.#befores.fill('');
    this.#used = false;
  }
}

function placeOf(value: string, before: string): number {
  const ends = value.charCodeAt(0) * 5 + value.charCodeAt(value.length - 1) * 3 + value.length;
  return (ends + before.charCodeAt(before.length - 3) * 7) & (PLACES - 1);
}

const all: Repeats[] = [];

/**
 * The same check, which remembers what it said of the last values: a text that repeats itself, as hostile ones do, is
 * looked at once. No check sees more than the value, which is never empty, and what stands before it, so that the
 * answer is the same.
 */
export function remembered(check: Check): Check {
  const repeats = new Repeats();
  all.push(repeats);
  return (value, before) => repeats.answer(check, value, before);
}

/** Lets go of the texts that were looked at: at the end of each, so that nothing of it stays in memory. */
export function forgetRepeats(): void {
  for (const repeats of all) repeats.forget();
}
