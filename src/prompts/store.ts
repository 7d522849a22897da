import { and, arrayOverlaps, eq, inArray, max, or, sql } from 'drizzle-orm';
import { organisations } from '../identity/schema.ts';
import type { Tx } from '../storage/database.ts';
import type { Prompt, PromptVersion } from './prompt.ts';
import { promptLabels, prompts, promptVersions } from './schema.ts';

export interface StoredPrompts {
  /** Slugs by organisation. */
  readonly slugs: ReadonlyMap<string, string>;
  /** Prompts by organisation, archived ones too. */
  readonly byOrg: ReadonlyMap<string, readonly Prompt[]>;
}

/** Everything, for the snapshot. */
export async function loadPrompts(tx: Tx): Promise<StoredPrompts> {
  const slugs = await tx.select({ id: organisations.id, slug: organisations.slug }).from(organisations);
  const rows = await tx.select().from(prompts);
  const versions = await tx.select().from(promptVersions);
  const labels = await tx.select().from(promptLabels);
  const byOrg = new Map<string, Prompt[]>();
  const assembled = assemble(rows, versions, labels);
  rows.forEach((row, index) => {
    const own = byOrg.get(row.orgId) ?? [];
    own.push(assembled[index] as Prompt);
    byOrg.set(row.orgId, own);
  });
  return { slugs: new Map(slugs.map(({ id, slug }) => [id, slug])), byOrg };
}

/** One prompt of the organisation of this transaction, with its id. */
export async function findPrompt(
  tx: Tx,
  orgId: string,
  name: string,
): Promise<{ id: string; prompt: Prompt } | undefined> {
  const rows = await tx
    .select()
    .from(prompts)
    .where(and(eq(prompts.orgId, orgId), eq(prompts.name, name)));
  const [row] = rows;
  if (row === undefined) return undefined;
  const ids = [row.id];
  const versions = await tx
    .select()
    .from(promptVersions)
    .where(and(eq(promptVersions.orgId, orgId), inArray(promptVersions.promptId, ids)));
  const labels = await tx
    .select()
    .from(promptLabels)
    .where(and(eq(promptLabels.orgId, orgId), inArray(promptLabels.promptId, ids)));
  const [prompt] = assemble(rows, versions, labels);
  return prompt === undefined ? undefined : { id: row.id, prompt };
}

function assemble(
  rows: readonly (typeof prompts.$inferSelect)[],
  versions: readonly (typeof promptVersions.$inferSelect)[],
  labels: readonly (typeof promptLabels.$inferSelect)[],
): Prompt[] {
  const versionsOf = new Map<string, Map<number, PromptVersion>>(rows.map(({ id }) => [id, new Map()]));
  const labelsOf = new Map<string, Map<string, number>>(rows.map(({ id }) => [id, new Map()]));
  for (const { promptId, version, template, digest, createdBy, createdAt } of versions) {
    versionsOf.get(promptId)?.set(version, { version, template, digest, createdBy, createdAt });
  }
  for (const { promptId, label, version } of labels) labelsOf.get(promptId)?.set(label, version);
  return rows.map(({ id, name, description, aliases, archived }) => ({
    name,
    description,
    aliases,
    archived,
    source: 'database',
    versions: versionsOf.get(id) ?? new Map(),
    labels: labelsOf.get(id) ?? new Map(),
  }));
}

/** Names are handed out one at a time per organisation, since no constraint spans names and aliases. */
export async function lockNames(tx: Tx, orgId: string): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`prompts/${orgId}`}, 0))`);
}

/** The first of these names that another prompt of the organisation has as its name or alias. */
export async function takenName(
  tx: Tx,
  orgId: string,
  names: readonly string[],
  exceptId: string | undefined,
): Promise<string | undefined> {
  const rows = await tx
    .select({ id: prompts.id, name: prompts.name, aliases: prompts.aliases })
    .from(prompts)
    .where(
      and(
        eq(prompts.orgId, orgId),
        or(inArray(prompts.name, [...names]), arrayOverlaps(prompts.aliases, [...names])),
      ),
    );
  const others = rows.filter(({ id }) => id !== exceptId);
  return names.find((name) => others.some((other) => other.name === name || other.aliases.includes(name)));
}

export async function insertPrompt(tx: Tx, row: typeof prompts.$inferInsert): Promise<void> {
  await tx.insert(prompts).values(row);
}

export async function updatePrompt(
  tx: Tx,
  orgId: string,
  id: string,
  change: Partial<Pick<typeof prompts.$inferInsert, 'description' | 'aliases' | 'archived' | 'updatedAt'>>,
): Promise<void> {
  await tx
    .update(prompts)
    .set(change)
    .where(and(eq(prompts.orgId, orgId), eq(prompts.id, id)));
}

/** The number that the next version gets; the prompt stays locked until the transaction ends. */
export async function nextVersion(tx: Tx, orgId: string, promptId: string): Promise<number> {
  await tx
    .select({ id: prompts.id })
    .from(prompts)
    .where(and(eq(prompts.orgId, orgId), eq(prompts.id, promptId)))
    .for('update');
  const [row] = await tx
    .select({ newest: max(promptVersions.version) })
    .from(promptVersions)
    .where(and(eq(promptVersions.orgId, orgId), eq(promptVersions.promptId, promptId)));
  return (row?.newest ?? 0) + 1;
}

/** The version that holds exactly this template already. */
export async function versionWithDigest(
  tx: Tx,
  orgId: string,
  promptId: string,
  digest: string,
): Promise<number | undefined> {
  const [row] = await tx
    .select({ version: promptVersions.version })
    .from(promptVersions)
    .where(
      and(
        eq(promptVersions.orgId, orgId),
        eq(promptVersions.promptId, promptId),
        eq(promptVersions.digest, digest),
      ),
    );
  return row?.version;
}

export async function insertVersion(tx: Tx, row: typeof promptVersions.$inferInsert): Promise<void> {
  await tx.insert(promptVersions).values(row);
}

export async function putLabel(tx: Tx, row: typeof promptLabels.$inferInsert): Promise<void> {
  const { version, updatedBy, updatedAt } = row;
  await tx
    .insert(promptLabels)
    .values(row)
    .onConflictDoUpdate({
      target: [promptLabels.orgId, promptLabels.promptId, promptLabels.label],
      set: { version, updatedBy, updatedAt },
    });
}

/** @returns whether there was such a label */
export async function deleteLabel(tx: Tx, orgId: string, promptId: string, label: string): Promise<boolean> {
  const gone = await tx
    .delete(promptLabels)
    .where(
      and(eq(promptLabels.orgId, orgId), eq(promptLabels.promptId, promptId), eq(promptLabels.label, label)),
    )
    .returning({ label: promptLabels.label });
  return gone.length > 0;
}
