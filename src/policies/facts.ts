/** What conditions may ask about. Fields that a request does not have are undefined: `has()` asks for them. */
import type { Principal } from '../identity/index.ts';
import type { PolicedCall } from './rule.ts';

export class RequestFacts {
  readonly model: string;
  readonly operation: string;
  readonly stream: boolean;
  readonly output_cap: bigint | undefined;
  readonly tools: readonly string[];
  readonly user: string | undefined;
  readonly temperature: number | undefined;

  constructor({ operation, described, body }: PolicedCall) {
    this.model = described.model;
    this.operation = operation;
    this.stream = described.stream;
    this.output_cap = described.outputCapTokens === undefined ? undefined : BigInt(described.outputCapTokens);
    this.tools = described.tools;
    this.user = described.user;
    const temperature = described.temperature ?? body?.temperature;
    this.temperature = typeof temperature === 'number' ? temperature : undefined;
  }
}

export class PrincipalFacts {
  readonly org: string;
  readonly org_id: string;
  readonly team: string | undefined;
  readonly user: string | undefined;
  readonly key: string | undefined;
  readonly email: string | undefined;
  readonly role: string;
  readonly tags: Readonly<Record<string, string>>;

  constructor(principal: Principal) {
    this.org = principal.orgSlug;
    this.org_id = principal.orgId;
    this.team = principal.teamId ?? undefined;
    this.user = principal.userId ?? undefined;
    this.key = principal.keyId ?? undefined;
    this.email = principal.email ?? undefined;
    this.role = principal.role;
    this.tags = principal.tags;
  }
}

export const REQUEST_FIELDS = {
  model: 'string',
  operation: 'string',
  stream: 'bool',
  output_cap: 'int',
  tools: 'list<string>',
  user: 'string',
  temperature: 'double',
} as const satisfies Record<keyof RequestFacts, string>;

export const PRINCIPAL_FIELDS = {
  org: 'string',
  org_id: 'string',
  team: 'string',
  user: 'string',
  key: 'string',
  email: 'string',
  role: 'string',
  tags: 'map<string, string>',
} as const satisfies Record<keyof PrincipalFacts, string>;

export interface Facts {
  readonly request: RequestFacts;
  readonly principal: PrincipalFacts;
  readonly tags: Readonly<Record<string, string>>;
  readonly now: Date;
}
