/** What nobody had to change goes through as the bytes it came in, in both directions. */
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, everything, streamed, streamOf, WIRES } from '../upstream/answers.ts';
import { type Bytes, oddly, perByte, perEvent, startUpstream } from '../upstream/upstream.ts';

let reply: readonly Bytes[] = [];
let isStream = false;
const upstream = await startUpstream(t, () => (isStream ? streamed(reply) : { chunks: reply }));
const gateway = await startGateway(t, {
  providers: {
    plain: everything(upstream.url, { stream_options: false, models: ['m'] }),
    counting: everything(upstream.url, { models: ['counted', 'priced'] }),
  },
  prices: { overrides: [{ provider: 'counting', model: 'priced', input: '1', output: '2' }] },
});

t.test('a request goes upstream as the client wrote it, unknown fields and all', async (t) => {
  isStream = false;
  reply = [chat.whole];
  const bodies = [
    '{"model":"m","messages":[{"role":"user","content":"hi"}],"shiny_new_field":{"a":[1,2.0,1e3]}}',
    ' {\t"messages" : [ { "content":"\\u00fc \\ud83d\\ude00 ü", "role":"user"} ] ,\r\n"model":"m", "seed":12345678901234567890 }\n',
  ];
  for (const body of bodies) {
    t.equal((await post(gateway, chat.path, body)).status, 200);
    t.equal(upstream.requests.at(-1)?.body, body);
  }
});

t.test('a whole answer comes back as the provider wrote it', async (t) => {
  isStream = false;
  const answer = ` {"id":"c", "object":"chat.completion","created":1e9,"model" : "m","choices":[{"index":0,"message":{"role":"assistant","content":"\\u00fc ü\\/"},"finish_reason":"stop"}],\n"usage":{"prompt_tokens":7.0,"completion_tokens":5,"total_tokens":12},"unknown":1e2}\n`;
  for (const cut of [[answer], perByte(answer), oddly(answer)]) {
    reply = cut;
    t.equal(await readAll(await post(gateway, chat.path, chat.ask('m', false))), answer);
  }
  for (const wire of WIRES) {
    reply = [wire.whole];
    t.equal(await readAll(await post(gateway, wire.path, wire.ask('m', false))), wire.whole, wire.id);
  }
});

/** What a chunk begins with. */
const HEAD = '"id":"c","object":"chat.completion.chunk","created":1,"model":"m"';
const RAW = {
  'LF with comments and unknown fields': `: ping\n\nid: 7\nretry: 10\ndata:{${HEAD},"choices":[{"index":0,"delta":{"role":"assistant","content":"gr\\u00fc\\u00df ü 水 😀"},"finish_reason":null,"x":1}], "y" : 1.0}\n\n: pong\n\n${streamOf(chat, 'a', 'b').join('')}`,
  CRLF: streamOf(chat, 'ü', '水').join('').replaceAll('\n', '\r\n'),
  'CR alone': streamOf(chat, 'ü', '水').join('').replaceAll('\n', '\r'),
  'several data lines, spaces in the last events': `data: {${HEAD},"choices":[{"index":0,\ndata: "finish_reason":null,"delta":{"role":"assistant","content":"a"}}]}\n\ndata: { ${HEAD}, "choices" : [ { "index":0, "delta":{}, "finish_reason" : "stop" } ] }\n\n: after the end\n\ndata:  {${HEAD},"choices":[ ],"usage":{"prompt_tokens":7 ,"completion_tokens":5,"total_tokens":12}}\n\ndata: [DONE]\n\n`,
};

t.test('a stream passes byte for byte, whatever its chunks, line ends and comments', async (t) => {
  isStream = true;
  for (const [name, stream] of Object.entries(RAW)) {
    for (const [cut, chunks] of Object.entries({
      one: [stream],
      events: perEvent(stream),
      bytes: perByte(stream),
      odd: oddly(stream),
    })) {
      reply = chunks;
      const response = await post(gateway, chat.path, chat.ask('m', true));
      t.equal(await readAll(response), stream, `${name}, cut: ${cut}`);
    }
  }
  for (const wire of WIRES) {
    const stream = streamOf(wire, 'hello', ' ', 'world').join('');
    for (const chunks of [[stream], perByte(stream)]) {
      reply = chunks;
      t.equal(await readAll(await post(gateway, wire.path, wire.ask('m', true))), stream, wire.id);
    }
  }
});

t.test('bytes that are no UTF-8 are not made worse', async (t) => {
  isStream = true;
  const bad = Buffer.concat([
    Buffer.from(`data: {${HEAD},"choices":[{"index":0,"delta":{"role":"assistant","content":"`),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('"},"finish_reason":null}]}\n\n'),
  ]);
  const stream = Buffer.concat([bad, Buffer.from(chat.close[0] ?? ''), bad, Buffer.from('data: [DONE]\n\n')]);
  reply = [stream];
  const response = await post(gateway, chat.path, chat.ask('m', true));
  t.equal(Buffer.from(await response.arrayBuffer()).toString('latin1'), stream.toString('latin1'));
});

t.test('only the usage that the client did not ask for, and the cost, make a difference', async (t) => {
  isStream = true;
  const stream = streamOf(chat, 'a', 'b');
  reply = [stream.join('')];
  const usageChunk = stream.at(-2) ?? '';
  const silent = await readAll(await post(gateway, chat.path, chat.ask('counted', true)));
  t.equal(silent, stream.filter((frame) => frame !== usageChunk).join(''), 'asked for by the gateway alone');
  t.match(JSON.parse(upstream.requests.at(-1)?.body ?? ''), { stream_options: { include_usage: true } });
  const asked = { ...chat.ask('counted', true), stream_options: { include_usage: true } };
  t.equal(await readAll(await post(gateway, chat.path, asked)), stream.join(''), 'unpriced: no cost to add');
  const priced = await readAll(await post(gateway, chat.path, { ...asked, model: 'priced' }));
  const withCost = usageChunk.replace('"total_tokens":12', '"total_tokens":12,"cost_usd":"0.000017"');
  t.equal(priced, stream.join('').replace(usageChunk, withCost));
});

t.test('an answer that reports no usage is estimated, not free', async (t) => {
  isStream = false;
  reply = [
    '{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"twelve chars"},"finish_reason":"stop"}]}',
  ];
  const response = await post(gateway, chat.path, chat.ask('priced', false));
  t.match(response.headers.get('x-sluice-cost-usd'), /^0\.0000[1-9]/);
  const [line] = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
  t.match(line, { usage_source: 'estimated', cost_pico_usd: String });
  t.ok(Number(line?.output_tokens) >= 3);
});
