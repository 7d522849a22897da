import { type Config, loadConfig, processEnvironment } from '../../config/index.ts';
import { systemClock } from '../../core/clock.ts';
import type { NamedModel } from '../../routing/index.ts';
import { type Command, explain, misused } from './command.ts';

export const models: Command = {
  name: 'models',
  args: '[--json]',
  about: 'list every model name and its targets; with their health where a node runs here',
  run: async (args) => {
    if (args.some((argument) => argument !== '--json')) return misused(models);
    try {
      const config = loadConfig(processEnvironment());
      const running = await askNode(config);
      const listed = running ?? (await fromConfig(config));
      if (args.includes('--json')) console.log(JSON.stringify(listed, null, 2));
      else for (const line of table(listed, running !== undefined)) console.log(line);
      return 0;
    } catch (error) {
      explain(error);
      return 1;
    }
  },
};

/** What the node of this configuration says; undefined where none listens or there is no key to ask it with. */
async function askNode({ server, admin }: Config): Promise<NamedModel[] | undefined> {
  if (admin.admin_key === undefined) return undefined;
  const host = server.host === '0.0.0.0' || server.host === '::' ? 'localhost' : server.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}/api/v1/models`;
  let response: Response;
  try {
    response = await fetch(url, { headers: { authorization: `Bearer ${admin.admin_key}` } });
  } catch {
    // nobody listens: the configuration is told instead
    return undefined;
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { data: NamedModel[] }).data;
}

async function fromConfig(config: Config): Promise<NamedModel[]> {
  const [{ listingOf, openModels }, { wholeCatalogue }] = await Promise.all([
    import('../models.ts'),
    import('../../routing/index.ts'),
  ]);
  const houses = openModels(config, systemClock);
  try {
    return wholeCatalogue(listingOf(houses, systemClock));
  } finally {
    await houses.providers.close();
  }
}

function table(listed: readonly NamedModel[], health: boolean): string[] {
  const rows = listed.flatMap(({ name, targets }) =>
    targets.map((target, index) => [
      index === 0 ? name : '',
      `${target.provider}/${target.model}`,
      target.region ?? '-',
      target.context_length?.toString() ?? '-',
      target.pricing === null ? 'unpriced' : `${target.pricing.input} / ${target.pricing.output ?? '-'}`,
      ...(health ? [target.condition, `${target.failures}/${target.calls}`] : []),
    ]),
  );
  const head = ['MODEL', 'TARGET', 'REGION', 'CONTEXT', 'USD PER MILLION IN / OUT'];
  const all = [[...head, ...(health ? ['CIRCUIT', 'FAILED'] : [])], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
