import { Fault } from '../../core/fault.ts';
import { headerText } from '../../core/header-text.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { Shape } from './shape.ts';

/** Words of a vendor where the dialect has others for the same. */
export interface VendorWords {
  /** Of `finish_reason`. */
  readonly finish?: Readonly<Record<string, string>>;
  /** Of `service_tier`. */
  readonly tier?: Readonly<Record<string, string>>;
}

/** What stands in an answer that lacks it. */
export interface MendFacts {
  /** Letters and digits that are this answer's alone. */
  readonly id: string;
  readonly model: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly words: VendorWords;
}

/** Makes one answer what its dialect says it is, in place. An answer that is needs nothing and stays as it is. */
export interface Mender {
  /**
   * @param usage as it is billed, for dialects in which an answer must say it
   * @returns the paths of what could not be carried; undefined where nothing had to be done
   * @throws Fault `provider_error` where it is no answer at all
   */
  whole(body: JsonObject, usage?: Usage): readonly string[] | undefined;
  /**
   * An event of a stream; what could not be carried stands in its member `sluice.dropped`.
   * @returns whether it was changed
   * @throws Fault `provider_error` where the provider's word for the end says that there is no answer
   */
  event(event: JsonObject): boolean;
}

/** @param prepare says what a vendor means by what does not fit, where a shape alone cannot know it */
export function mendInPlace(
  shape: Shape,
  body: JsonObject,
  prepare: (body: JsonObject, lost: string[]) => void,
): readonly string[] | undefined {
  if (shape.fits(body, false)) return undefined;
  const lost: string[] = [];
  prepare(body, lost);
  shape.mended(body, '', lost);
  return lost;
}

/** @throws Fault `provider_error` where what came is no answer, however it is read */
export function refuseNoAnswer(isAnswer: boolean): void {
  if (isAnswer) return;
  throw new Fault('provider_error', 'The provider answered with something that is no answer.');
}

/** Says in an event what of it could not be carried. */
export function noteLost(event: JsonObject, lost: readonly string[]): void {
  if (lost.length > 0) event.sluice = { dropped: [...lost] };
}

/** The value of `x-sluice-dropped`. */
export function droppedHeader(before: string | undefined, lost: readonly string[]): string {
  const names = lost.map(headerText).join(', ');
  return before === undefined ? names : `${before}, ${names}`;
}
