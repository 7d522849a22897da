import type { Fault } from '../core/fault.ts';
import type { PicoUsd } from '../core/money.ts';
import type { StreamWatch } from '../gateway/stage.ts';
import type { Shortage } from './account.ts';
import type { Books } from './books.ts';
import type { Bound } from './output-bound.ts';
import { refusalOf } from './refusal.ts';
import { Reservation } from './reservation.ts';
import { needsOf, payableTokens, type Question } from './worst-case.ts';

/** Less than this is not worth a question: what cannot be extended by so much ends where its reservation ends. */
const SMALLEST_STEP_TOKENS = 32;

/**
 * Reserves an answer step by step while it streams: the next step from the leases in memory when half of the last
 * one is written, and from the ledger, in the background, where they do not suffice. Where nothing more is to be
 * had, the stream ends with its reservation. Beyond what it can hold at most nothing is reserved.
 */
export class Steps implements StreamWatch {
  readonly ceilingTokens: number;
  readonly #books: Books;
  readonly #question: Question;
  readonly #hold: Reservation;
  readonly #stepTokens: number;
  #paidTokens: number;
  /** No question before so much is written. */
  #askAtTokens: number;
  #asking = false;
  /** Why there is no more. */
  #refusal: Fault | undefined;
  #resume: (() => void) | undefined;

  /** @param bound its tokens are output that `hold` pays for already */
  constructor(books: Books, question: Question, hold: Reservation, stepTokens: number, bound: Bound) {
    this.ceilingTokens = bound.ceilingTokens;
    this.#books = books;
    this.#question = question;
    this.#hold = hold;
    this.#stepTokens = stepTokens;
    this.#paidTokens = bound.tokens;
    this.#askAtTokens = bound.tokens - stepTokens / 2;
  }

  streamed(mostTokens: number, leastTokens: number, resume: () => void): boolean | Fault {
    const outputTokens = Math.min(mostTokens, Math.max(this.ceilingTokens, leastTokens));
    if (outputTokens <= this.ceilingTokens && this.#paidTokens >= this.ceilingTokens) return true;
    if (outputTokens >= this.#askAtTokens && !this.#asking) this.#extend(outputTokens);
    if (outputTokens <= this.#paidTokens) return true;
    if (!this.#asking) return this.#refusal ?? true;
    this.#resume = resume;
    return false;
  }

  #extend(outputTokens: number): void {
    this.#asking = true;
    const next = Math.max(this.#paidTokens, outputTokens) + this.#stepTokens;
    const target = outputTokens <= this.ceilingTokens ? Math.min(next, this.ceilingTokens) : next;
    this.#try(target, (outcome, needs) => {
      if (outcome instanceof Reservation) return this.#paid(outcome, target);
      const lower = this.#lower(outcome);
      if (lower < outputTokens || lower < this.#paidTokens + SMALLEST_STEP_TOKENS) {
        return this.#refuse(outcome, needs, outputTokens);
      }
      this.#try(lower, (second, lowerNeeds) => {
        if (second instanceof Reservation) this.#paid(second, lower);
        else this.#refuse(second, lowerNeeds, outputTokens);
      });
    });
  }

  #try(
    targetTokens: number,
    then: (outcome: Reservation | Shortage, needs: readonly PicoUsd[]) => void,
  ): void {
    const needs = needsOf(this.#question, targetTokens).map((need, index) => {
      const match = this.#question.matches[index];
      const more = match === undefined ? 0n : need - this.#hold.reservedOf(match);
      return more > 0n ? more : 0n;
    });
    const outcome = this.#books.reserve(this.#question.matches, needs);
    if (outcome instanceof Promise) void outcome.then((late) => then(late, needs));
    else then(outcome, needs);
  }

  /** How far the answer may go with what is left. */
  #lower(shortage: Shortage): number {
    if (shortage.kind !== 'exhausted') return 0;
    const match = this.#question.matches.find(({ account }) => account === shortage.account);
    const held = match === undefined ? 0n : this.#hold.reservedOf(match);
    return payableTokens(this.#question, shortage, held + shortage.payable);
  }

  #paid(more: Reservation, tokens: number): void {
    this.#hold.extend(more);
    this.#paidTokens = tokens;
    this.#answered(tokens - this.#stepTokens / 2);
  }

  #refuse(shortage: Shortage, needs: readonly PicoUsd[], outputTokens: number): void {
    const index = this.#question.matches.findIndex(({ account }) => account === shortage.account);
    this.#refusal = refusalOf(shortage, needs[index] ?? 0n);
    // An unreachable ledger may be back before the reservation is used up.
    const again = shortage.kind === 'unreachable' ? outputTokens + this.#stepTokens / 8 : Infinity;
    this.#answered(again);
  }

  #answered(askAtTokens: number): void {
    this.#askAtTokens = askAtTokens;
    this.#asking = false;
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}
