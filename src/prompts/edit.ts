/** What the admin routes do to stored prompts, inside one transaction of the organisation. */
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { uuidv7 } from '../core/ids.ts';
import type { Tx } from '../storage/database.ts';
import type { Prompt } from './prompt.ts';
import * as store from './store.ts';
import {
  type CompiledTemplate,
  compileTemplate,
  type Template,
  TemplateError,
  templateDigest,
} from './template.ts';

/** @throws Fault `not_found`, for prompts of files as well: those are changed in their files */
export async function requirePrompt(
  tx: Tx,
  orgId: string,
  promptName: string,
): Promise<{ id: string; prompt: Prompt }> {
  const found = await store.findPrompt(tx, orgId, promptName);
  if (found !== undefined) return found;
  throw new Fault(
    'not_found',
    `There is no prompt "${promptName}" in this organisation's database; those of files are changed in their files.`,
  );
}

/** @throws Fault `conflict` when another prompt has one of the names or aliases */
export async function requireFree(
  tx: Tx,
  orgId: string,
  names: readonly string[],
  exceptId: string | undefined,
): Promise<void> {
  if (names.length === 0) return;
  await store.lockNames(tx, orgId);
  const taken = await store.takenName(tx, orgId, names, exceptId);
  if (taken === undefined) return;
  throw new Fault(
    'conflict',
    `Another prompt of this organisation has "${taken}" as its name or alias; choose another.`,
    {
      param: taken === names[0] && exceptId === undefined ? 'name' : 'aliases',
    },
  );
}

/** @throws Fault `conflict` when a version holds exactly this template already */
export async function addVersion(
  tx: Tx,
  {
    orgId,
    id,
    template,
    clock,
    by,
  }: { orgId: string; id: string; template: Template; clock: Clock; by: string },
): Promise<{ version: number; digest: string }> {
  const version = await store.nextVersion(tx, orgId, id);
  const digest = templateDigest(template);
  const same = await store.versionWithDigest(tx, orgId, id, digest);
  if (same !== undefined) {
    throw new Fault('conflict', `Version ${same} is exactly this template; put a label on it instead.`, {
      param: 'template',
    });
  }
  await store.insertVersion(tx, {
    id: uuidv7(clock.now()),
    orgId,
    promptId: id,
    version,
    template,
    digest,
    createdBy: by,
    createdAt: new Date(clock.now()),
  });
  return { version, digest };
}

/** @param param where the template stands in the request. @throws Fault `prompt_invalid` with the place */
export function compiledOrFault(template: Template, param: string): CompiledTemplate {
  try {
    return compileTemplate(template);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const path = [param, ...error.path.map(String)].join('.');
    throw new Fault('prompt_invalid', `The template cannot be used: ${path}: ${error.message}.`, {
      param: path,
    });
  }
}
