import { FileProblems } from '../../core/strict-yaml.ts';

export interface Command {
  readonly name: string;
  /** What follows the name: `check|example`. */
  readonly args: string;
  readonly about: string;
  /** @returns the exit code: 0 done, 1 something was found wrong, 2 called wrongly */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** Prints what is wrong with a file, or why something could not be done; never a stack for what a person can mend. */
export function explain(error: unknown): void {
  if (error instanceof FileProblems) console.error(error.message);
  else console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`);
}

export function misused(command: Pick<Command, 'name' | 'args'>): number {
  console.error(`usage: sluice ${command.name} ${command.args}`);
  return 2;
}
