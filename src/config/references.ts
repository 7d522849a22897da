/** `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` inside string values of the configuration. */
import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Anything that begins like a reference, so that a misspelt one is an error and not a password. */
const REFERENCE = /\$\{([^:}]*)(:?)([^}]*)(\}?)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The value with its references resolved. What a reference resolves to is not searched again, so that a secret
 * that happens to look like a reference stays a secret.
 * @throws Error naming the reference (never its default, nor what it resolved to)
 */
export function resolveReferences(value: string, env: Environment): string {
  return value.replace(REFERENCE, (_all, kind: string, colon: string, rest: string, close: string) => {
    if (close === '') throw new Error(`a reference \${${kind}${colon} is not closed with }`);
    if (kind === 'env' && colon !== '') return fromEnvironment(rest, env);
    if (kind === 'file' && colon !== '') return fromFile(rest);
    throw new Error(
      `\${${kind}${colon === '' ? '' : ':…'}} is no reference; write \${env:NAME} or \${file:/path}`,
    );
  });
}

/** The first reference in the value without its default, which may be a secret; undefined where there is none. */
export function firstReference(value: string): string | undefined {
  const [found] = value.matchAll(REFERENCE);
  return found && `\${${found[1]}:${found[3]?.split(':-', 1)[0]}}`;
}

function fromEnvironment(rest: string, env: Environment): string {
  const split = rest.indexOf(':-');
  const name = split < 0 ? rest : rest.slice(0, split);
  if (!NAME.test(name)) throw new Error(`\${env:${name}} does not name an environment variable`);
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  if (split < 0)
    throw new Error(
      `environment variable ${name} is not set; set it, or give a default: \${env:${name}:-default}`,
    );
  return rest.slice(split + 2);
}

function fromFile(path: string): string {
  try {
    // A secret mounted as a file usually ends in a newline that is no part of it.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Error(`\${file:${path}} cannot be read (${code})`);
  }
}
