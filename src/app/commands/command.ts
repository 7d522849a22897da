import { FileProblems } from '../../core/strict-yaml.ts';

export interface Command {
  readonly name: string;
  /** What follows the name: `check|example`. */
  readonly args: string;
  readonly about: string;
  /**
   * Loads the houses that it needs by itself: all of them take a second, and `help` should not.
   * @returns the exit code: 0 done, 1 something was found wrong, 2 called wrongly
   */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** An error whose message is already what is to be printed. */
export class Explained extends Error {
  override readonly name = 'Explained';
}

/** What is wrong with a file, or why something could not be done; never a stack for what a person can mend. */
export function explanation(error: unknown): string {
  const whole = error instanceof FileProblems || error instanceof Explained;
  return whole ? error.message : `sluice: ${reason(error)}`;
}

export function explain(error: unknown): void {
  console.error(explanation(error));
}

const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

/** Errors of the system in words that name the setting. At a start only the database is connected to. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const listens = 'syscall' in error && error.syscall === 'listen';
  if (listens && code === 'EADDRINUSE')
    return `port ${port} of ${address} is in use by another process; choose another with SLUICE_PORT or server.port`;
  if (listens && code === 'EADDRNOTAVAIL')
    return `this machine has no address ${address}; correct SLUICE_HOST or server.host`;
  if (listens && code === 'EACCES')
    return `port ${port} may not be opened by this user; choose one above 1023 with SLUICE_PORT or server.port`;
  if (code !== undefined && NO_CONNECTION.has(code))
    return `the database cannot be reached (${error.message || code}); check DATABASE_URL or database.url, and that the server runs`;
  return error.message;
}

/** Refuses arguments that the command does not know: a misspelt one is never passed over. */
export function misused(command: Pick<Command, 'name' | 'args'>): number {
  console.error(`usage: sluice ${command.name} ${command.args}`.trimEnd());
  return 2;
}
