import { availableParallelism } from 'node:os';
import { type Config, loadConfig, processEnvironment } from '../../config/index.ts';
import { systemClock } from '../../core/clock.ts';
import { systemRandom } from '../../core/ids.ts';
import type { Demo } from '../../identity/setup.ts';
import { flushLog, type Log, openLog, standardOutput } from '../../telemetry/log.ts';
import type { Gateway } from '../compose.ts';
import { type Command, explain, misused } from './command.ts';

export const serve: Command = {
  name: 'serve',
  args: '',
  about: 'run the gateway (the default)',
  run: async (args) => {
    if (args.length > 0) return misused(serve);
    // heard from here on: a start that is broken off leaves no PostgreSQL running and no journal behind
    const stopAsked = signalled();
    try {
      const config = loadConfig(processEnvironment());
      const { workers: wanted } = config.server;
      const workers = wanted === 'auto' ? availableParallelism() : wanted;
      const { gateway, log } = await (workers === 1 ? alone(config) : together(config, workers));
      console.log(`Sluice is ready on ${gateway.origin}`);
      await stopAsked;
      await gateway.stop();
      await flushLog(log);
      return 0;
    } catch (error) {
      explain(error);
      return 1;
    }
  },
};

interface Running {
  readonly gateway: Gateway;
  readonly log: Log;
}

async function alone(config: Config): Promise<Running> {
  const log = openLog(config.telemetry.log_level);
  const { openGateway } = await import('../compose.ts');
  const surroundings = { log, clock: systemClock, random: systemRandom };
  return { gateway: await openGateway(config, surroundings, welcome), log };
}

async function together(config: Config, workers: number): Promise<Running> {
  const output = standardOutput();
  const log = openLog(config.telemetry.log_level, output);
  const { openWorkers } = await import('../workers/primary.ts');
  const surroundings = {
    log,
    clock: systemClock,
    random: systemRandom,
    output: (lines: string) => void output.write(lines),
  };
  return { gateway: await openWorkers(config, workers, surroundings, welcome), log };
}

/** The keys of a first start. They are not kept: this is the only time they are seen. */
function welcome({ inferenceKey, adminKey, orgSlug }: Demo): void {
  console.log(`
  First start. These keys are shown once; only their hashes are kept.

    virtual key    ${inferenceKey}    for applications, of the organisation "${orgSlug}"
    admin key      ${adminKey}    for operators, opens the admin API
`);
}

/** Resolves with the first SIGTERM, SIGINT or SIGHUP (the terminal closed); a second one ends the process at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop);
  });
}
