/** Whatever goes wrong in whichever stage, a request settles once in every stage it entered and is recorded once. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { openHouses } from '../../src/app/houses.ts';
import { openState } from '../../src/app/state.ts';
import { parseConfig } from '../../src/config/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/ids.ts';
import { openDoor } from '../../src/gateway/door.ts';
import type { Stages } from '../../src/gateway/pipeline.ts';
import { Active, type Served } from '../../src/gateway/serve.ts';
import type { Ending, EventTransform, Stage } from '../../src/gateway/stage.ts';
import { ensureDemo } from '../../src/identity/setup.ts';
import { estimateUsage } from '../../src/metering/index.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { post, readAll } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { chat, everything, streamed, streamOf } from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

const NAMES = [
  'record',
  'authenticate',
  'admit',
  'read',
  'resolvePrompt',
  'applyPolicy',
  'redact',
  'consultCache',
  'recall',
  'route',
  'admitCall',
  'holdBudget',
  'callUpstream',
] as const satisfies readonly (keyof Stages)[];
type Name = (typeof NAMES)[number];
type Where = 'enter' | 'enter late' | 'settle' | 'event' | 'end' | 'whole';

/** What is to go wrong in the next request. */
let trap: { readonly name: Name; readonly where: Where } | undefined;
let entered: Name[] = [];
let settled: { readonly name: Name; readonly ending: Ending }[] = [];
const records: string[] = [];

const boom = (): never => {
  throw new Error('Zq7marker9x went off');
};
const is = (name: Name, where: Where): boolean => trap?.name === name && trap.where === where;

/** The stage as it is, with a count of what is called, and the trap. */
function wrapped(name: Name, stage: Stage): Stage {
  return {
    name: stage.name,
    enter(x) {
      entered.push(name);
      if (is(name, 'enter')) boom();
      const waiting = stage.enter(x);
      return is(name, 'enter late') ? Promise.resolve(waiting).then(boom) : waiting;
    },
    events: (x) => {
      const own = stage.events?.(x);
      if (trap?.name !== name) return own;
      const through: EventTransform = own ?? {
        event: (event) => [event],
        end: () => [],
        whole: () => undefined,
      };
      return {
        event: is(name, 'event') ? boom : (event) => through.event(event),
        end: is(name, 'end') ? boom : () => through.end(),
        whole: is(name, 'whole') ? boom : (body) => through.whole(body),
      };
    },
    settle(x, ending) {
      settled.push({ name, ending });
      const waiting = stage.settle?.(x, ending);
      return is(name, 'settle') ? Promise.resolve(waiting).then(boom) : waiting;
    },
  };
}

const upstream = await startUpstream(t, ({ body }) =>
  JSON.parse(body).stream ? streamed(streamOf(chat, 'a', 'b')) : { chunks: [chat.whole] },
);
const folder = await mkdtemp(join(tmpdir(), 'sluice-settle-'));
for (const name of ['policies', 'prompts']) await mkdir(join(folder, name));
const { url } = await freshDatabase(t);
const sections: Record<string, unknown> = {
  providers: { p: everything(upstream.url, { stream_options: false }) },
};
const config = parseConfig({
  policies: { folder: join(folder, 'policies') },
  prompts: { folder: join(folder, 'prompts') },
  database: { url, data_dir: folder },
  journal: { dir: join(folder, 'journal') },
  providers: {},
  ...sections,
});
const surroundings = { log: openLog('silent'), clock: systemClock, random: systemRandom };
const state = await openState(config, surroundings);
const demo = await ensureDemo(state.db, systemRandom, systemClock);
const append = state.journal.appendSoon.bind(state.journal);
state.journal.appendSoon = (record) => {
  records.push(record);
  return append(record);
};
const houses = await openHouses(config, state, surroundings);
const stages: Stages = {
  ...houses.stages,
  ...Object.fromEntries(NAMES.map((name) => [name, wrapped(name, houses.stages[name] as Stage)])),
};
const served: Served[] = [];
const active = new Active();
const app = Fastify();
await openDoor(app, {
  stages,
  clock: systemClock,
  random: systemRandom,
  maxAnswerBytes: 1 << 20,
  costUsd: () => undefined,
  estimateUsage,
  guard: async (fault) => fault,
  active,
  observe: (one) => void served.push(one),
  modelsOf: () => [],
  draining: () => false,
});
const origin = await app.listen({ host: '127.0.0.1', port: 0 });
t.teardown(async () => {
  await app.close();
  await houses.budgets.close();
  await houses.close();
  await state.close();
  await rm(folder, { recursive: true, force: true });
});

const gateway = { origin, key: demo?.inferenceKey ?? '' };

async function ask(stream: boolean): Promise<{ status: number; text: string }> {
  entered = [];
  settled = [];
  served.length = 0;
  records.length = 0;
  const response = await post(gateway, chat.path, chat.ask('m', stream));
  const text = await readAll(response);
  await until(() => served.length > 0);
  return { status: response.status, text };
}

/** What holds of every request, however it ended. */
function sound(t: Test, name: string, kind: Ending['kind']): void {
  t.same(
    settled.map((one) => one.name),
    entered.toReversed(),
    `${name}: every entered stage settled once, last in first out`,
  );
  t.same(
    [...new Set(settled.map(({ ending }) => ending.kind))],
    [kind],
    `${name}: all were told the same ending`,
  );
  t.equal(records.length, 1, `${name}: one record`);
  t.equal(JSON.parse(records[0] ?? '{}').outcome, kind, name);
  t.equal(served.length, 1, `${name}: observed once`);
  t.equal(active.size, 0, `${name}: nothing is still being served`);
  t.equal(houses.providers.deadlines.size, 0, `${name}: no call is watched any more`);
}

for (const stream of [false, true]) {
  const form = stream ? 'streamed' : 'whole';

  t.test(`${form}: without a trap all stages settle`, async (t) => {
    trap = undefined;
    const { status } = await ask(stream);
    t.equal(status, 200);
    t.same(entered, NAMES);
    sound(t, 'no trap', 'done');
  });

  t.test(`${form}: an exception on the way in ends the request as failed`, async (t) => {
    for (const name of NAMES) {
      for (const where of ['enter', 'enter late'] as const) {
        trap = { name, where };
        const { status, text } = await ask(stream);
        t.equal(status, 500, `${name}, ${where}`);
        t.match(JSON.parse(text), { error: { code: 'internal_error' } });
        t.notMatch(text, 'Zq7marker9x', 'what it was stays inside');
        t.same(entered, NAMES.slice(0, NAMES.indexOf(name) + 1));
        sound(t, `${name}, ${where}`, 'failed');
      }
    }
    await until(() => upstream.open <= 1);
  });

  t.test(
    `${form}: an exception in settle keeps neither the others from settling nor the answer from going out`,
    async (t) => {
      for (const name of NAMES) {
        trap = { name, where: 'settle' };
        const { status, text } = await ask(stream);
        sound(t, name, 'done');
        t.match(served[0]?.failures, [{ fault: { code: 'internal_error' } }], `${name}: it is told`);
        if (name !== 'record') {
          t.equal(status, 200, name);
          t.equal(text, stream ? streamOf(chat, 'a', 'b').join('') : chat.whole, name);
        } else {
          t.equal(status, stream ? 200 : 500, 'what could not be recorded is not answered');
          t.match(text, 'internal_error');
          t.notMatch(text, '[DONE]');
        }
      }
    },
  );

  t.test(`${form}: an exception in a transform ends it as failed`, async (t) => {
    for (const where of stream ? (['event', 'end'] as const) : (['whole'] as const)) {
      trap = { name: 'redact', where };
      const { status, text } = await ask(stream);
      t.equal(status, stream ? 200 : 500, where);
      t.match(text, 'internal_error');
      t.notMatch(text, '[DONE]');
      sound(t, where, 'failed');
    }
  });
}

t.test('refusals and departures settle as what they are', async (t) => {
  trap = undefined;
  entered = [];
  settled = [];
  served.length = 0;
  records.length = 0;
  t.equal((await post(gateway, chat.path, '{')).status, 400);
  await until(() => served.length > 0);
  t.same(entered, ['record', 'authenticate', 'admit', 'read']);
  sound(t, 'a bad body', 'refused');
});
