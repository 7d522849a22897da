/** A value found: where it stands, and which recogniser says so (its place in the detector's list). */
export interface Match {
  start: number;
  end: number;
  readonly rank: number;
  /** How sure it is, of 100. */
  readonly score: number;
  /** The value reaches the end of the text so far and goes on while this class matches. */
  tail: RegExp | undefined;
}
