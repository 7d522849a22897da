import type { PicoUsd } from '../core/money.ts';
import type { Principal } from '../identity/index.ts';
import { Account, type AccountDeps, freeOf, type Lease, type Shortage } from './account.ts';
import { amountHoldsUntilMs, type Budget, budgetOf } from './budget.ts';
import type { WindowKey } from './ledger.ts';
import type { Match } from './match.ts';
import { type Entry, Reservation, release } from './reservation.ts';
import type { BudgetRule } from './rule.ts';
import { type Caller, countedSubject, namesOf, type Subject } from './scope.ts';
import { termsOf } from './terms.ts';
import { type Window, windowAt } from './window.ts';

export interface BooksDeps extends AccountDeps {
  /** What policies declare for this caller; the same array as long as they do not change. */
  readonly budgetsFor: (principal: Principal) => readonly BudgetRule[];
  /** Spent unleased while the ledger cannot be reached; undefined: refuse. */
  readonly outageAllowance: PicoUsd | undefined;
}

/** What is worked out once per caller, window and state of the definitions. */
interface Matches {
  readonly definitions: Definitions;
  readonly rules: readonly BudgetRule[];
  readonly validUntilMs: number;
  /** By the principal alone. */
  readonly fixed: readonly Match[];
  /** Those of prompts and tag values, which differ by request. */
  readonly named: readonly Budget[];
  /** All of them, by what the request says of prompts and tags. */
  readonly byNames: Map<string, readonly Match[]>;
}

/** Callers choose the values of tags, so that many combinations are kept and no more. */
const MAX_COMBINATIONS = 1000;
const MAX_IDLE_ACCOUNTS = 10_000;

/** The budgets of the database, by organisation. */
export type Definitions = ReadonlyMap<string, readonly Budget[]>;

const NO_BUDGETS: readonly Budget[] = [];

/** All budgets of this node: which of them count a caller, and what it holds of them. */
export class Books {
  readonly #deps: BooksDeps;
  readonly #accounts = new Map<string, Account>();
  readonly #rules = new WeakMap<BudgetRule, Budget>();
  #matches = new WeakMap<Principal, Matches>();
  #definitions: Definitions = new Map();
  readonly #allowance: Lease;

  constructor(deps: BooksDeps) {
    this.#deps = deps;
    this.#allowance = {
      id: '',
      granted: deps.outageAllowance ?? 0n,
      spent: 0n,
      reserved: 0n,
      usableUntilMs: Number.POSITIVE_INFINITY,
    };
  }

  get accounts(): IterableIterator<Account> {
    return this.#accounts.values();
  }

  replaceDefinitions(definitions: Definitions): void {
    this.#definitions = definitions;
  }

  /**
   * Budgets that count this caller now.
   * @throws Fault `invalid_request` where tags matter and cannot be read
   */
  matching(caller: Caller): readonly Match[] {
    const { fixed, named, byNames } = this.#matchesOf(caller);
    if (named.length === 0) return fixed;
    const names = namesOf(named, caller);
    const known = byNames.get(names);
    if (known !== undefined) return known;
    const nowMs = this.#deps.clock.now();
    const matches = [...fixed, ...named.flatMap((budget) => this.#match(budget, caller, nowMs) ?? [])];
    if (byNames.size >= MAX_COMBINATIONS) byNames.clear();
    byNames.set(names, matches);
    return matches;
  }

  /**
   * Holds `needs[i]` of `matches[i]`, of all of them or of none. A promise only where the ledger has to be asked.
   */
  reserve(
    matches: readonly Match[],
    needs: readonly PicoUsd[],
  ): Reservation | Shortage | Promise<Reservation | Shortage> {
    const entries: Entry[] = [];
    for (const [index, match] of matches.entries()) {
      const reserved = needs[index] ?? 0n;
      const { account } = match;
      if (account === undefined || reserved === 0n) {
        entries.push({ match, account, lease: undefined, reserved: 0n });
        continue;
      }
      const lease = account.tryReserve(reserved);
      if (lease === undefined) return this.#reserveRest(matches, needs, entries);
      entries.push({ match, account, lease, reserved });
    }
    return new Reservation(entries);
  }

  /** The ledger answers again: the next outage has the whole allowance. */
  endOutage(): void {
    this.#allowance.spent = 0n;
  }

  /** Forgets accounts of windows that are over and that no request holds anything of. */
  forget(account: Account): void {
    this.#accounts.delete(nameOf(account.key));
  }

  /** Callers choose the values of tags: what nobody holds anything of is forgotten when it has become much. */
  trim(): void {
    if (this.#accounts.size <= MAX_IDLE_ACCOUNTS) return;
    for (const account of this.#accounts.values()) {
      if (account.idle && account.renewal === undefined) this.forget(account);
    }
    // they name accounts that are forgotten
    this.#matches = new WeakMap();
  }

  async #reserveRest(
    matches: readonly Match[],
    needs: readonly PicoUsd[],
    entries: Entry[],
  ): Promise<Reservation | Shortage> {
    for (let index = entries.length; index < matches.length; index++) {
      const match = matches[index] as Match;
      const reserved = needs[index] ?? 0n;
      const entry = await this.#reserveOne(match, reserved);
      if ('payable' in entry) {
        for (const { account, lease, reserved: held } of entries) {
          if (lease !== undefined) release(account, lease, held, 0n);
        }
        return entry;
      }
      entries.push(entry);
    }
    return new Reservation(entries);
  }

  async #reserveOne(match: Match, reserved: PicoUsd): Promise<Entry | Shortage> {
    const { account } = match;
    if (account === undefined || reserved === 0n) return { match, account, lease: undefined, reserved: 0n };
    const outcome = account.tryReserve(reserved) ?? (await account.reserve(reserved));
    if (!('payable' in outcome)) return { match, account, lease: outcome, reserved };
    const allowance = this.#allowance;
    if (outcome.kind !== 'unreachable' || freeOf(allowance) < reserved) return outcome;
    allowance.reserved += reserved;
    return { match, account: undefined, lease: allowance, reserved };
  }

  #matchesOf(caller: Caller): Matches {
    const { principal } = caller;
    const rules = this.#deps.budgetsFor(principal);
    const nowMs = this.#deps.clock.now();
    const known = this.#matches.get(principal);
    if (
      known !== undefined &&
      known.definitions === this.#definitions &&
      known.rules === rules &&
      nowMs < known.validUntilMs
    ) {
      return known;
    }
    const declared = this.#definitions.get(principal.orgId) ?? NO_BUDGETS;
    const budgets = [...declared, ...rules.map((rule) => this.#budgetOf(rule))];
    const isNamed = ({ scope }: Budget): boolean => scope === 'prompt' || scope === 'tag';
    const matches: Matches = {
      definitions: this.#definitions,
      rules,
      validUntilMs: Math.min(
        ...budgets.map((budget) => windowAt(budget.window, budget.timezone, nowMs).endMs),
        ...budgets.map((budget) => amountHoldsUntilMs(budget, nowMs)),
      ),
      fixed: budgets
        .filter((budget) => !isNamed(budget))
        .flatMap((one) => this.#match(one, caller, nowMs) ?? []),
      named: budgets.filter(isNamed),
      byNames: new Map(),
    };
    this.#matches.set(principal, matches);
    return matches;
  }

  #match(budget: Budget, caller: Caller, nowMs: number): Match | undefined {
    const subject = countedSubject(budget, caller);
    if (subject === undefined) return undefined;
    const window = windowAt(budget.window, budget.timezone, nowMs);
    const { orgId } = caller.principal;
    const key = { orgId, budgetId: budget.id, subjectId: subject.id, windowStartMs: window.startMs };
    const account = budget.hard ? this.#accountOf(key, subject, window, budget) : undefined;
    return { budget, key, terms: termsOf(budget, subject, window, nowMs), account };
  }

  #budgetOf(rule: BudgetRule): Budget {
    let budget = this.#rules.get(rule);
    if (budget === undefined) {
      budget = budgetOf(rule, rule.id, null);
      this.#rules.set(rule, budget);
    }
    return budget;
  }

  #accountOf(key: WindowKey, subject: Subject, window: Window, budget: Budget): Account {
    const name = nameOf(key);
    let account = this.#accounts.get(name);
    if (account === undefined) {
      account = new Account(key, subject, window, budget, this.#deps);
      this.#accounts.set(name, account);
    }
    account.window = window;
    account.budget = budget;
    return account;
  }
}

function nameOf({ orgId, budgetId, subjectId, windowStartMs }: WindowKey): string {
  return `${orgId}/${subjectId}/${windowStartMs}/${budgetId}`;
}
