/** The command line: `node src/main.ts <command>`; without one, `serve`. */
import { COMMANDS, usage } from './app/commands/index.ts';
import { VERSION } from './app/version.ts';

const HELP = new Set(['help', '--help', '-h']);
const VERSIONS = new Set(['version', '--version', '-v']);

async function main([name = 'serve', ...args]: readonly string[]): Promise<number> {
  if (HELP.has(name)) return told(usage());
  if (VERSIONS.has(name)) return told(VERSION);
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    console.error(`sluice: there is no command ${JSON.stringify(name)}\n\n${usage()}`);
    return 2;
  }
  // asked of a command, help does not run it
  if (args.some((argument) => HELP.has(argument))) return told(usage([command]));
  return command.run(args);
}

function told(text: string): number {
  console.log(text);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
