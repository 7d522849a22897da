/**
 * The promise of the ledger, tried at random on a real Postgres: several nodes, concurrent reservations, crashes,
 * clocks that jump, borders of windows, days on which clocks are turned.
 */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import t from 'tap';
import type { BudgetRule } from '../../src/budgets/index.ts';
import type { Reservation } from '../../src/budgets/reservation.ts';
import type { Clock } from '../../src/core/clock.ts';
import { formatUsd, parseUsd } from '../../src/core/money.ts';
import type { Principal } from '../../src/identity/index.ts';
import type { Database } from '../../src/storage/database.ts';
import {
  drain,
  id,
  type Node,
  openNode,
  organisation,
  RULE,
  recordOf,
  reserve,
} from '../support/budget-nodes.ts';
import { freshDatabase } from '../support/database.ts';
import { testPrincipal } from '../support/exchange.ts';

const NODES = 3;
const CENT = parseUsd('0.01');
const HOUR_MS = 3_600_000;

/** Just before clocks are turned, and before days, weeks, months and a leap day begin. */
const BORDERS = [
  '2026-03-29T00:59:59.999Z', // Berlin, spring
  '2026-10-25T00:59:59.999Z', // Berlin, autumn
  '2026-03-08T06:59:59.999Z', // New York, spring
  '2026-11-01T05:59:59.999Z', // New York, autumn
  '2026-04-04T14:59:59.999Z', // Lord Howe, by half an hour
  '2028-02-29T18:29:59.999Z', // Kolkata, midnight of a leap day
  '2026-12-31T22:59:59.999Z', // Berlin, new year
].map((text) => Date.parse(text));

const rule: fc.Arbitrary<BudgetRule> = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  scope: fc.constantFrom('org', 'key', 'tag'),
  tag: fc.constant('env'),
  window: fc.constantFrom<BudgetRule['window'][]>('minute', 'hour', 'day', 'week', 'month', 'total', {
    rolling: '24h',
  }),
  timezone: fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
  ),
  amount_usd: fc.integer({ min: 5, max: 60 }).map((cents) => formatUsd(BigInt(cents) * CENT)),
  hard: fc.constantFrom(true, true, true, false),
  alert_percents: fc.constant([50]),
  raises: fc.constant(RULE.raises),
});

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('reserve'), cents: fc.integer({ min: 1, max: 20 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('settle'), percent: fc.constantFrom(0, 30, 100, 100) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drain') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('upkeep') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('adopt') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget') }) },
);
type Act = { readonly do: string; readonly cents?: number; readonly percent?: number };

/** What several nodes do at the same time, after the clocks have moved. */
const step = fc.record({
  clock: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -3 * HOUR_MS, max: 40 * 24 * HOUR_MS }) },
    { weight: 1, arbitrary: fc.constantFrom(...BORDERS) },
  ),
  acts: fc.array(fc.tuple(fc.nat({ max: NODES - 1 }), act), { minLength: 4, maxLength: 12 }),
});

interface Running {
  readonly hold: Reservation;
  readonly reserved: bigint;
}

interface LedgerNode {
  readonly house: Node;
  readonly nodeId: string;
  running: Running[];
  journal: { id: string; json: string }[];
  /** Settled when what was taken from the journal is in the ledger. */
  draining: Promise<void>;
}

class World {
  nowMs = Date.parse('2026-03-28T12:00:00Z');
  #elapsedMs = 0;
  readonly #db: Database;
  readonly #orgId: string;
  readonly #rules: readonly BudgetRule[];
  readonly nodes: LedgerNode[];
  readonly #dead: LedgerNode[] = [];
  readonly #callers: readonly Principal[];
  /** Of all records, by budget. */
  readonly spent = new Map<string, bigint>();

  constructor(db: Database, orgId: string, rules: readonly BudgetRule[]) {
    this.#db = db;
    this.#orgId = orgId;
    this.#rules = rules;
    this.#callers = ['prod', 'dev'].map((env) => testPrincipal({ orgId, keyId: id(), tags: { env } }));
    this.nodes = Array.from({ length: NODES }, (_, skew) => this.#open(skew));
  }

  /** Each node's clock is a little off. */
  #open(skew: number): LedgerNode {
    const nodeId = id();
    const clock: Clock = { now: () => this.nowMs + skew * 7, elapsed: () => this.#elapsedMs };
    const house = openNode(this.#db, { nodeId, clock, rules: this.#rules });
    return { house, nodeId, running: [], journal: [], draining: Promise.resolve() };
  }

  async step(clock: number, acts: readonly (readonly [number, Act])[]): Promise<void> {
    this.nowMs = clock > 1e12 ? clock : this.nowMs + clock;
    this.#elapsedMs += Math.min(Math.abs(clock), 400_000);
    // the ledger is looked at while they all work, and afterwards
    await Promise.all([...acts.map(([index, one]) => this.#act(index, one)), this.check()]);
    await this.check();
  }

  async #act(index: number, { do: what, cents = 0, percent = 0 }: Act): Promise<void> {
    const node = this.nodes[index] as LedgerNode;
    const { house } = node;
    if (what === 'reserve') {
      const caller = this.#callers[cents % 2] as Principal;
      const reserved = BigInt(cents) * CENT;
      const hold = await reserve(house, caller, formatUsd(reserved));
      if (hold !== undefined) node.running.push({ hold, reserved });
    } else if (what === 'settle') {
      const one = node.running.shift();
      if (one !== undefined) this.#settle(node, one, (one.reserved * BigInt(percent)) / 100n);
    } else if (what === 'drain') await this.#drain(node);
    else if (what === 'upkeep') await house.upkeep();
    else if (what === 'crash') {
      // its requests are gone, and cost nothing that anybody knows of; its journal stays
      this.#dead.push(node);
      this.nodes[index] = this.#open(index);
    } else if (what === 'adopt') await this.#adopt(house);
    else await this.#timePasses();
  }

  #settle(node: LedgerNode, { hold }: Running, cost: bigint): void {
    hold.settle(() => cost);
    for (const { budgetId, picoUsd } of hold.draws) {
      this.spent.set(budgetId, (this.spent.get(budgetId) ?? 0n) + picoUsd);
    }
    node.journal.push(recordOf(this.#orgId, hold));
  }

  /** Drained twice, a record counts once. @param by the node whose process does it */
  #drain(node: LedgerNode, by: Node = node.house): Promise<void> {
    node.draining = node.draining.then(async () => {
      const records = node.journal.splice(0);
      if (records.length === 0) return;
      await drain(by, this.#db, records);
      await drain(by, this.#db, records, new Set());
    });
    return node.draining;
  }

  /** Leases of the dead come back when their journal is drained to its end. */
  async #adopt(by: Node): Promise<void> {
    const dead = this.#dead.shift();
    if (dead === undefined) return;
    await this.#drain(dead, by);
    await by.reclaim(dead.nodeId);
  }

  /** As if the oldest of what rolling windows spent were too old. */
  async #timePasses(): Promise<void> {
    await this.#db.write((tx) =>
      tx.execute(
        sql`UPDATE budget_buckets SET expires_at = now() - interval '1 second' WHERE org_id = ${this.#orgId}`,
      ),
    );
  }

  async #rows(query: ReturnType<typeof sql>): Promise<Record<string, string>[]> {
    const result = (await this.#db.write((tx) => tx.execute(query))) as unknown as {
      rows: Record<string, string>[];
    };
    return result.rows;
  }

  async check(): Promise<void> {
    const broken = await this.#rows(
      sql`SELECT w.budget_id, w.settled_pico_usd, w.leased_pico_usd, w.amount_pico_usd, l.held
          FROM budget_windows w CROSS JOIN LATERAL (
            SELECT coalesce(sum(remaining_pico_usd), 0) AS held FROM budget_leases l
            WHERE (l.org_id, l.budget_id, l.subject_id, l.window_start)
              = (w.org_id, w.budget_id, w.subject_id, w.window_start)
          ) l
          WHERE w.org_id = ${this.#orgId}
            AND ((w.hard AND w.settled_pico_usd + w.leased_pico_usd > w.amount_pico_usd) OR l.held <> w.leased_pico_usd)`,
    );
    if (broken.length > 0) throw new Error(`the ledger is broken: ${JSON.stringify(broken)}`);
  }

  /** Everything ends: what runs costs nothing more, all journals are drained, all leases come back. */
  async end(): Promise<void> {
    for (const node of this.nodes) {
      for (const one of node.running.splice(0)) this.#settle(node, one, 0n);
      await this.#drain(node);
    }
    const [first] = this.nodes as [LedgerNode];
    while (this.#dead.length > 0) await this.#adopt(first.house);
    for (const { house } of this.nodes) await house.close();
    await this.check();
    // of a node whose clock ran too far its leases come back by their expiry
    await this.#db.write((tx) =>
      tx.execute(
        sql`UPDATE budget_leases SET expires_at = now() - interval '1 second' WHERE org_id = ${this.#orgId}`,
      ),
    );
    await first.house.expire();
    await this.check();
    const [left] = await this.#rows(
      sql`SELECT (SELECT count(*)::int FROM budget_leases WHERE org_id = ${this.#orgId}) AS leases,
            coalesce(sum(leased_pico_usd), 0)::text AS leased FROM budget_windows WHERE org_id = ${this.#orgId}`,
    );
    if (Number(left?.leases) !== 0 || left?.leased !== '0')
      throw new Error(`leased: ${JSON.stringify(left)}`);
    const settled = await this.#rows(
      sql`SELECT budget_id, sum(settled_pico_usd)::text AS settled, bool_or(rolling_seconds IS NOT NULL) AS rolling,
            (SELECT coalesce(sum(settled_pico_usd), 0)::text FROM budget_buckets b
             WHERE b.org_id = ${this.#orgId} AND b.budget_id = w.budget_id) AS kept
          FROM budget_windows w WHERE org_id = ${this.#orgId} GROUP BY budget_id`,
    );
    for (const row of settled) {
      const expected = row.rolling ? row.kept : String(this.spent.get(row.budget_id ?? '') ?? 0n);
      if (row.settled !== expected) throw new Error(`${row.budget_id}: ${row.settled}, spent ${expected}`);
    }
  }
}

t.test(
  'settled + leased never exceeds the amount, and after everything nothing is leased (litellm#26672, #27639)',
  async (t) => {
    const { db } = await freshDatabase(t);
    let reserved = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(rule, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
        fc.array(step, { minLength: 5, maxLength: 20 }),
        async (rules, steps) => {
          const fixed = rules.map((one) => {
            const { tag, ...rest } = one;
            return rest.scope === 'tag' ? { ...rest, tag: tag ?? 'env' } : rest;
          });
          const world = new World(db, await organisation(db), fixed);
          for (const { clock, acts } of steps) await world.step(clock, acts);
          for (const { running } of world.nodes) reserved += running.length;
          await world.end();
        },
      ),
      { numRuns: 16, endOnFailure: true },
    );
    t.ok(reserved > 0, 'requests did run');
  },
);
