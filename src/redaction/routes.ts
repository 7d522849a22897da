import { z } from 'zod';
import { type AdminRoute, adminRoute, noParams, noQuery } from '../admin/route.ts';
import { Fault } from '../core/fault.ts';
import type { EntitiesRules } from './custom/entities.ts';
import type { PseudonymKeys } from './keys.ts';
import { REDACTION_ACTIONS } from './plan.ts';
import { type Actions, actions, unknownName } from './rule.ts';
import { tryRedaction } from './trial.ts';

const MAX_TEXT_CHARS = 200_000;

const trialAnswer = z.strictObject({
  text: z.string().nullable().describe('What would go to the provider; null where a finding blocks.'),
  findings: z.array(
    z.strictObject({
      entity: z.string(),
      group: z.string(),
      action: z.enum(REDACTION_ACTIONS),
      start: z.int().describe('In UTF-16 units.'),
      end: z.int(),
      score: z.number().describe('How sure it is, of 100.'),
      why: z.string(),
      overlapped: z.array(z.string()).describe('Other kinds of value that overlap with it.'),
    }),
  ),
});

export interface RedactionRouteDeps {
  readonly keys: PseudonymKeys;
  /** The entities that policies declare for callers of an organisation. */
  readonly entities: (orgId: string) => readonly EntitiesRules[];
}

export function redactionRoutes({ keys, entities }: RedactionRouteDeps): AdminRoute[] {
  return [
    adminRoute({
      method: 'POST',
      path: '/redact',
      summary: 'Try redaction on a text: what would become of it, and why. Nothing of the text is kept',
      action: 'redaction.try',
      params: noParams,
      query: noQuery,
      body: z.strictObject({
        text: z.string().max(MAX_TEXT_CHARS),
        actions: actions
          .prefault({ '*': 'mask' })
          .describe(
            'As `pii.request` of a policy; entities that policies declare for the organisation count, too.',
          ),
      }),
      answer: trialAnswer,
      handle: async ({ orgId, body }) => {
        const declared = entities(orgId);
        checkNames(body.actions, declared);
        const { text, findings } = tryRedaction(body.text, body.actions, keys.of(orgId), declared);
        const found = findings.map((finding) => ({ ...finding, overlapped: [...finding.overlapped] }));
        return { answer: { text, findings: found }, resource: 'redaction' };
      },
    }),
  ];
}

/** @throws Fault `invalid_request` where actions are given to what is no entity */
function checkNames(given: Actions, declared: readonly EntitiesRules[]): void {
  const names = declared.flatMap((entities) => Object.keys(entities));
  for (const name of Object.keys(given)) {
    const message = unknownName(name, names);
    if (message !== undefined)
      throw new Fault('invalid_request', `${message}.`, { param: `actions.${name}` });
  }
}
