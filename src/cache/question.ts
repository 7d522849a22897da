import type { JsonObject } from '../core/json.ts';
import type { Dialect } from '../dialects/dialect.ts';

/** The last thing that a person said, apart from the rest of the request. */
export interface LastQuestion {
  readonly text: string;
  /** Calls back with the body without it; the body is as before when this returns. */
  readonly without: <T>(use: () => T) => T;
}

/** undefined where no person says anything, or what is said last is not theirs. */
export function lastQuestion(dialect: Dialect, body: JsonObject): LastQuestion | undefined {
  const piece = dialect.texts(body).findLast(({ origin }) => origin !== 'metadata' && origin !== 'system');
  if (piece === undefined || piece.origin !== 'user' || piece.json || piece.text === '') return undefined;
  const holder = piece.holder as Record<string | number, string>;
  return {
    text: piece.text,
    without: (use) => {
      holder[piece.key] = '';
      try {
        return use();
      } finally {
        holder[piece.key] = piece.text;
      }
    },
  };
}
