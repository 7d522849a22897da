import { Fault } from '../core/fault.ts';
import { fakeOf } from './fakes.ts';
import { type Findings, hashOf } from './findings.ts';
import type { OrgKey } from './keys.ts';
import { NOT_FOR_SECRETS, REDACTION_ACTIONS, type RedactionAction } from './plan.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Entity } from './recogniser.ts';
import { actionOf, entityOf, type Ruling } from './ruling.ts';
import type { Judge } from './stream.ts';

/** What stand-ins are made of, for one request and one direction. */
export interface Means {
  readonly key: OrgKey;
  readonly pseudonyms: Pseudonyms;
  readonly findings: Findings;
  /** The fakes given so far: what an answer brought into the conversation is not faked again. */
  readonly fakes: Set<string>;
}

const BLOCK = REDACTION_ACTIONS.indexOf('block');

/** Does what the plan says to each value found. */
export class Verdicts implements Judge {
  readonly #ruling: Ruling;
  readonly #means: Means;
  readonly #counted: boolean;
  /** Where the text at hand stands, for messages. */
  path = '';
  /** Values replaced so far. */
  replaced = 0;
  /** How often anything was found, whatever became of it. */
  weighed = 0;

  /** @param counted false where the text repeats one that was counted */
  constructor(ruling: Ruling, means: Means, counted: boolean) {
    this.#ruling = ruling;
    this.#means = means;
    this.#counted = counted;
  }

  /** @throws Fault `pii_blocked` or `answer_blocked`, naming what was found, where, and the policy; never the value */
  weigh(rank: number): number {
    this.weighed++;
    const weight = REDACTION_ACTIONS.indexOf(actionOf(this.#ruling, rank));
    if (weight !== BLOCK) return weight;
    const entity = entityOf(this.#ruling.plan.custom, rank);
    this.#means.findings.add(entity, 'block', this.#ruling.direction, undefined);
    throw blocked(entity, this.#ruling, this.path);
  }

  replace(rank: number, weight: number, value: string | undefined): string {
    const entity = entityOf(this.#ruling.plan.custom, rank);
    const wanted = REDACTION_ACTIONS[weight] as RedactionAction;
    if (wanted === 'fake' && value !== undefined && this.#means.fakes.has(value)) return value;
    this.replaced++;
    const standIn = value === undefined ? undefined : this.#standIn(wanted, entity, value);
    if (this.#counted) {
      const action = standIn === undefined ? 'mask' : wanted;
      this.#means.findings.add(entity, action, this.#ruling.direction, value);
    }
    return standIn ?? maskOf(entity);
  }

  /** undefined: nothing but a mask will do. */
  #standIn(action: RedactionAction, entity: Entity, value: string): string | undefined {
    if (action === 'mask' || (entity.group === 'secret' && NOT_FOR_SECRETS.has(action))) return undefined;
    if (action === 'partial') return lastFour(value);
    const { key, pseudonyms, fakes } = this.#means;
    if (action === 'hash') return hashed(key, entity, value);
    const canonical = entity.canonical?.(value) ?? value;
    if (action === 'pseudonymise') return pseudonyms.of(entity.id, value, canonical);
    const fake = fakeOf(entity.id, value, key.bytes('fake', entity.id, canonical));
    if (fake !== undefined) fakes.add(fake);
    return fake;
  }
}

/** Counts what may stay; what it makes of the text is thrown away. */
export class Watcher implements Judge {
  readonly #ruling: Ruling;
  readonly #findings: Findings;

  constructor(ruling: Ruling, findings: Findings) {
    this.#ruling = ruling;
    this.#findings = findings;
  }

  weigh(): number {
    return 0;
  }

  replace(rank: number, _weight: number, value: string | undefined): string {
    const entity = entityOf(this.#ruling.plan.custom, rank);
    this.#findings.add(entity, 'alert', this.#ruling.direction, value);
    return '';
  }
}

/** For what is recorded beside the body: whatever policy does not let through becomes a hash, which still counts users. */
export class Hasher implements Judge {
  readonly #ruling: Ruling;
  readonly #key: OrgKey;

  constructor(ruling: Ruling, key: OrgKey) {
    this.#ruling = ruling;
    this.#key = key;
  }

  weigh(): number {
    return 0;
  }

  replace(rank: number, _weight: number, value: string | undefined): string {
    const entity = entityOf(this.#ruling.plan.custom, rank);
    return value === undefined ? maskOf(entity) : hashed(this.#key, entity, value);
  }
}

function hashed(key: OrgKey, { id, canonical }: Entity, value: string): string {
  return `<${id.toUpperCase()}#${hashOf(key, id, canonical?.(value) ?? value)}>`;
}

function maskOf({ id }: Entity): string {
  return `<${id.toUpperCase()}>`;
}

/** `****1111`; undefined where four characters would be half of it. */
function lastFour(value: string): string | undefined {
  const bare = value.replace(/[^\p{L}\p{N}]/gu, '');
  return bare.length < 8 ? undefined : `****${bare.slice(-4)}`;
}

function blocked(entity: Entity, { direction, plan }: Ruling, path: string): Fault {
  const by = policyThatSettled(plan.settledBy, `${direction}.${entity.id}`);
  if (direction === 'answer')
    return new Fault(
      'answer_blocked',
      `The answer held ${entity.called} (${entity.id}), which ${by} blocks.`,
    );
  return new Fault(
    'pii_blocked',
    `The request holds ${entity.called} (${entity.id}) at ${path}, which ${by} blocks. Remove it and send the request again.`,
    { param: path },
  );
}

/** For messages: `the policy "x"`. */
export function policyThatSettled(settledBy: Readonly<Record<string, string>>, name: string): string {
  const policy = settledBy[name];
  return policy === undefined ? 'the policy of the organisation' : `the policy "${policy}"`;
}
