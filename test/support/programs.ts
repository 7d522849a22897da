import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Set as tap's `skip` of tests that start a program of the machine; in CI its absence is a failure.
 * @param debian the package that brings it
 */
export function skipWithout(program: string, debian: string): string | false {
  if (onPath(program)) return false;
  if (process.env.CI === 'true') throw new Error(`CI needs ${program}: apt-get install ${debian}`);
  return `needs ${program}: apt-get install ${debian}`;
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
