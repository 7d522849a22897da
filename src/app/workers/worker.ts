/** A worker: the whole gateway in a process of its own, on the port that the primary shares out. */
import { systemClock } from '../../core/clock.ts';
import { systemRandom } from '../../core/ids.ts';
import { flushLog, openLog } from '../../telemetry/log.ts';
import { explanation } from '../commands/command.ts';
import { openGateway } from '../compose.ts';
import { openLink } from './link.ts';

const link = openLink();
// A signal to the whole process group ends the workers as the primary would; one to a worker alone, only that worker.
const signalled = new Promise<void>((resolve) =>
  process.on('SIGTERM', resolve).on('SIGINT', resolve).on('SIGHUP', resolve),
);

const { config } = await link.start;
const log = openLog(config.telemetry.log_level);
try {
  const primary = await link.primary();
  const surroundings = { log, clock: systemClock, random: systemRandom, primary };
  const gateway = await openGateway(config, surroundings, link.demo);
  link.ready(gateway.origin);
  await Promise.race([link.stop, signalled]);
  await gateway.stop();
  await flushLog(log);
  process.exit(0);
} catch (error) {
  await flushLog(log);
  await link.failed(explanation(error));
  process.exit(1);
}
