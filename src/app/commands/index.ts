import type { Command } from './command.ts';
import { config } from './config.ts';
import { migrate } from './migrate.ts';
import { models } from './models.ts';
import { policy } from './policy.ts';
import { prices } from './prices.ts';
import { redact } from './redact.ts';
import { serve } from './serve.ts';

/** Every command; a new one is a file and a line here. */
export const COMMANDS: readonly Command[] = [serve, migrate, config, policy, models, prices, redact];

/** What the command line takes: every command, or those that are asked about. */
export function usage(commands = COMMANDS): string {
  const lines = commands.map(({ name, args, about }) => `  ${`${name} ${args}`.trimEnd()}\n      ${about}`);
  return `usage: sluice <command> | help | version\n\n${lines.join('\n')}`;
}
