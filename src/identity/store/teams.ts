import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { Database, Tx } from '../../storage/database.ts';
import { teams } from '../schema.ts';
import { cutPage, NOW } from './rows.ts';

export type Team = typeof teams.$inferSelect;
export type NewTeam = typeof teams.$inferInsert;

/** The new team, or undefined where the organisation has one of that name. */
export async function insertTeam(db: Database, team: NewTeam): Promise<Team | undefined> {
  const rows = await db.withOrg(team.orgId, (tx) =>
    tx
      .insert(teams)
      .values(team)
      .onConflictDoNothing({ target: [teams.orgId, teams.name] })
      .returning(),
  );
  return rows[0];
}

/** @param only narrows to these teams; undefined = all of the organisation. */
export async function listTeams(
  db: Database,
  orgId: string,
  only: readonly string[] | undefined,
  limit: number,
  cursor: string | undefined,
) {
  const rows = await db.withOrg(orgId, (tx) =>
    tx
      .select()
      .from(teams)
      .where(
        and(
          eq(teams.orgId, orgId),
          only === undefined ? undefined : inArray(teams.id, [...only]),
          cursor === undefined ? undefined : gt(teams.id, cursor),
        ),
      )
      .orderBy(asc(teams.id))
      .limit(limit + 1),
  );
  return cutPage(rows, limit);
}

export async function findTeam(tx: Tx, orgId: string, teamId: string): Promise<Team | undefined> {
  const rows = await tx
    .select()
    .from(teams)
    .where(and(eq(teams.orgId, orgId), eq(teams.id, teamId)));
  return rows[0];
}

export async function updateTeam(
  db: Database,
  orgId: string,
  teamId: string,
  patch: Partial<Pick<NewTeam, 'name' | 'costCenter'>>,
): Promise<Team | undefined> {
  const rows = await db.withOrg(orgId, (tx) =>
    tx
      .update(teams)
      .set({ ...patch, updatedAt: NOW })
      .where(and(eq(teams.orgId, orgId), eq(teams.id, teamId)))
      .returning(),
  );
  return rows[0];
}

export async function deleteTeam(db: Database, orgId: string, teamId: string): Promise<boolean> {
  const rows = await db.withOrg(orgId, (tx) =>
    tx
      .delete(teams)
      .where(and(eq(teams.orgId, orgId), eq(teams.id, teamId)))
      .returning({ id: teams.id }),
  );
  return rows.length > 0;
}
