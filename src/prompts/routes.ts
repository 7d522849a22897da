import { z } from 'zod';
import { type AdminRoute, adminRoute, listOf, noParams, noQuery } from '../admin/route.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { uuidv7 } from '../core/ids.ts';
import type { Database } from '../storage/database.ts';
import { addVersion, compiledOrFault, requireFree, requirePrompt } from './edit.ts';
import { choose, type Prompt } from './prompt.ts';
import { PROMPT_LABEL, PROMPT_NAME } from './reference.ts';
import type { PromptRegistry } from './registry.ts';
import * as store from './store.ts';
import { templateSchema } from './template.ts';

export interface PromptRouteDeps {
  readonly db: Database;
  readonly registry: Pick<PromptRegistry, 'promptsOf' | 'filePrompt'>;
  readonly clock: Clock;
}

const name = z.string().regex(PROMPT_NAME, 'use letters, digits, dot, dash, underscore');
const label = z.string().regex(PROMPT_LABEL, 'use a letter, then letters, digits, dashes, underscores');
const aliases = z.array(name).max(20);
const versionNumber = z.int().positive();
const ofPrompt = z.strictObject({ name });
const ofLabel = z.strictObject({ name, label });

const summary = z.object({
  name: z.string(),
  description: z.string(),
  aliases: z.array(z.string()),
  archived: z.boolean(),
  source: z.string().describe('`database`, or the file that declares it.'),
  labels: z.record(z.string(), z.number()).describe('Which version each label stands for.'),
  newest_version: z.number().nullable(),
});

const detail = summary.extend({
  versions: z.array(
    z.object({
      version: z.number(),
      digest: z.string().describe('SHA-256 of the canonical template.'),
      created_by: z.string(),
      created_at: z.string().nullable(),
      template: z.unknown(),
    }),
  ),
});

export function promptRoutes(deps: PromptRouteDeps): AdminRoute[] {
  return [...readingRoutes(deps), ...writingRoutes(deps), ...labelRoutes(deps)];
}

function readingRoutes({ db, registry }: PromptRouteDeps): AdminRoute[] {
  return [
    adminRoute({
      method: 'GET',
      path: '/orgs/:orgId/prompts',
      summary: 'Prompts that callers of the organisation can reach, those of files included',
      action: 'prompts.list',
      params: noParams,
      query: noQuery,
      answer: listOf(summary),
      handle: async ({ orgId }) => ({ answer: { data: registry.promptsOf(orgId).map(summarise) } }),
    }),
    adminRoute({
      method: 'GET',
      path: '/orgs/:orgId/prompts/:name',
      summary: 'One prompt with all its versions',
      action: 'prompts.read',
      params: ofPrompt,
      query: noQuery,
      answer: detail,
      handle: async ({ orgId, params }) => {
        const stored = await db.withOrg(orgId, (tx) => store.findPrompt(tx, orgId, params.name));
        return { answer: describe(stored?.prompt ?? fromFile(registry, orgId, params.name)) };
      },
    }),
    adminRoute({
      method: 'POST',
      path: '/orgs/:orgId/prompts/:name/render',
      summary: 'The messages that a version gives with these variables; nothing is sent to a provider',
      action: 'prompts.read',
      params: ofPrompt,
      query: noQuery,
      body: z.strictObject({
        version: versionNumber.optional(),
        label: label.optional(),
        variables: z.record(z.string(), z.json()).default({}),
      }),
      answer: z.object({ version: z.number(), messages: z.array(z.unknown()) }),
      handle: async ({ orgId, params, body }) => {
        const stored = await db.withOrg(orgId, (tx) => store.findPrompt(tx, orgId, params.name));
        const prompt = stored?.prompt ?? fromFile(registry, orgId, params.name);
        const { version } = choose(prompt, { version: body.version, label: body.label, param: 'name' });
        const compiled = compiledOrFault(templateSchema.parse(version.template), 'template');
        return {
          answer: { version: version.version, messages: compiled.render(body.variables, 'variables') },
          resource: resource(params.name),
        };
      },
    }),
  ];
}

function writingRoutes({ db, clock }: PromptRouteDeps): AdminRoute[] {
  return [
    adminRoute({
      method: 'POST',
      path: '/orgs/:orgId/prompts',
      summary: 'Creates a prompt, with its first version where a template is given',
      action: 'prompts.write',
      status: 201,
      params: noParams,
      query: noQuery,
      body: z.strictObject({
        name,
        description: z.string().max(2000).default(''),
        aliases: aliases.default([]),
        template: templateSchema.optional(),
      }),
      answer: detail,
      handle: async ({ orgId, principal, body: { template, ...head } }) => {
        if (template !== undefined) compiledOrFault(template, 'template');
        const answer = await db.withOrg(orgId, async (tx) => {
          await requireFree(tx, orgId, [head.name, ...head.aliases], undefined);
          const id = uuidv7(clock.now());
          await store.insertPrompt(tx, { id, orgId, ...head });
          if (template !== undefined)
            await addVersion(tx, { orgId, id, template, clock, by: principal.actor });
          return describe((await requirePrompt(tx, orgId, head.name)).prompt);
        });
        return { answer, resource: resource(head.name), changes: { ...head } };
      },
    }),
    adminRoute({
      method: 'PATCH',
      path: '/orgs/:orgId/prompts/:name',
      summary: 'Changes description or aliases; archives a prompt or brings it back',
      action: 'prompts.write',
      params: ofPrompt,
      query: noQuery,
      body: z.strictObject({
        description: z.string().max(2000).exactOptional(),
        aliases: aliases.exactOptional(),
        archived: z.boolean().exactOptional(),
      }),
      answer: detail,
      handle: async ({ orgId, params, body }) => {
        const answer = await db.withOrg(orgId, async (tx) => {
          const { id } = await requirePrompt(tx, orgId, params.name);
          if (body.aliases !== undefined) await requireFree(tx, orgId, body.aliases, id);
          await store.updatePrompt(tx, orgId, id, { ...body, updatedAt: new Date(clock.now()) });
          return describe((await requirePrompt(tx, orgId, params.name)).prompt);
        });
        return { answer, resource: resource(params.name), changes: { ...body } };
      },
    }),
    adminRoute({
      method: 'POST',
      path: '/orgs/:orgId/prompts/:name/versions',
      summary: 'Adds a version; versions never change once written',
      action: 'prompts.write',
      status: 201,
      params: ofPrompt,
      query: noQuery,
      body: z.strictObject({ template: templateSchema }),
      answer: z.object({ version: z.number(), digest: z.string() }),
      handle: async ({ orgId, principal, params, body: { template } }) => {
        compiledOrFault(template, 'template');
        const answer = await db.withOrg(orgId, async (tx) => {
          const { id } = await requirePrompt(tx, orgId, params.name);
          return addVersion(tx, { orgId, id, template, clock, by: principal.actor });
        });
        return { answer, resource: `${resource(params.name)}@${answer.version}`, changes: { ...answer } };
      },
    }),
  ];
}

function labelRoutes({ db, clock }: PromptRouteDeps): AdminRoute[] {
  const answer = z.object({ labels: z.record(z.string(), z.number()) });
  return [
    adminRoute({
      method: 'PUT',
      path: '/orgs/:orgId/prompts/:name/labels/:label',
      summary: 'Lets a label stand for a version, on all nodes within a second',
      action: 'prompts.label',
      params: ofLabel,
      query: noQuery,
      body: z.strictObject({ version: versionNumber }),
      answer,
      handle: async ({ orgId, principal, params, body: { version } }) => {
        const labels = await db.withOrg(orgId, async (tx) => {
          const { id, prompt } = await requirePrompt(tx, orgId, params.name);
          choose(prompt, { version, label: undefined, param: 'version' });
          await store.putLabel(tx, {
            orgId,
            promptId: id,
            label: params.label,
            version,
            updatedBy: principal.actor,
            updatedAt: new Date(clock.now()),
          });
          return { ...Object.fromEntries(prompt.labels), [params.label]: version };
        });
        return { answer: { labels }, resource: labelled(params), changes: { version } };
      },
    }),
    adminRoute({
      method: 'DELETE',
      path: '/orgs/:orgId/prompts/:name/labels/:label',
      summary: 'Removes a label: whoever asks for it is refused, on all nodes within a second',
      action: 'prompts.label',
      params: ofLabel,
      query: noQuery,
      answer,
      handle: async ({ orgId, params }) => {
        const labels = await db.withOrg(orgId, async (tx) => {
          const { id, prompt } = await requirePrompt(tx, orgId, params.name);
          if (!(await store.deleteLabel(tx, orgId, id, params.label))) {
            throw new Fault('not_found', `The prompt "${params.name}" has no label "${params.label}".`);
          }
          const { [params.label]: gone, ...rest } = Object.fromEntries(prompt.labels);
          return { rest, gone };
        });
        return {
          answer: { labels: labels.rest },
          resource: labelled(params),
          changes: { removed: labels.gone },
        };
      },
    }),
  ];
}

const resource = (promptName: string): string => `prompt/${promptName}`;
const labelled = (params: { name: string; label: string }): string =>
  `${resource(params.name)}:${params.label}`;

function fromFile(registry: PromptRouteDeps['registry'], orgId: string, promptName: string): Prompt {
  const prompt = registry.filePrompt(orgId, promptName);
  if (prompt !== undefined) return prompt;
  throw new Fault('not_found', `There is no prompt "${promptName}" in this organisation.`);
}

function summarise(prompt: Prompt): z.input<typeof summary> {
  const newest = Math.max(0, ...prompt.versions.keys());
  return {
    name: prompt.name,
    description: prompt.description,
    aliases: [...prompt.aliases],
    archived: prompt.archived,
    source: prompt.source,
    labels: Object.fromEntries(prompt.labels),
    newest_version: newest === 0 ? null : newest,
  };
}

function describe(prompt: Prompt): z.input<typeof detail> {
  return {
    ...summarise(prompt),
    versions: [...prompt.versions.values()]
      .sort((a, b) => a.version - b.version)
      .map(({ version, digest, createdBy, createdAt, template }) => ({
        version,
        digest,
        created_by: createdBy,
        created_at: createdAt?.toISOString() ?? null,
        template,
      })),
  };
}
