/** `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` inside string values of the configuration. */
import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{(env|file):([^}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The value with its references resolved. What a reference resolves to is not searched again, so that a secret
 * that happens to look like a reference stays a secret.
 * @throws Error naming the reference (never what it resolved to)
 */
export function resolveReferences(value: string, env: Environment): string {
  return value.replace(REFERENCE, (reference, kind: string, rest: string) =>
    kind === 'env' ? fromEnvironment(reference, rest, env) : fromFile(reference, rest),
  );
}

function fromEnvironment(reference: string, rest: string, env: Environment): string {
  const split = rest.indexOf(':-');
  const name = split < 0 ? rest : rest.slice(0, split);
  if (!NAME.test(name)) throw new Error(`${reference} does not name an environment variable`);
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  if (split < 0)
    throw new Error(
      `environment variable ${name} is not set; set it, or give a default: \${env:${name}:-default}`,
    );
  return rest.slice(split + 2);
}

function fromFile(reference: string, path: string): string {
  try {
    // A secret mounted as a file usually ends in a newline that is no part of it.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Error(`${reference} cannot be read (${code})`);
  }
}
