/** The command line: `node src/main.ts <command>`; without one, `serve`. */
import { COMMANDS, usage } from './app/commands/index.ts';

const [name = 'serve', ...args] = process.argv.slice(2);
const command = COMMANDS.find((one) => one.name === name);
if (command === undefined) {
  const asked = name === 'help' || name === '--help' || name === '-h';
  (asked ? console.log : console.error)(
    asked ? usage() : `sluice: there is no command ${JSON.stringify(name)}\n\n${usage()}`,
  );
  process.exitCode = asked ? 0 : 2;
} else {
  process.exitCode = await command.run(args);
}
