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

export function usage(): string {
  const lines = COMMANDS.map(({ name, args, about }) => `  ${`${name} ${args}`.padEnd(34)} ${about}`);
  return `usage: sluice <command>\n\n${lines.join('\n')}`;
}
