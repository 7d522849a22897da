import t from 'tap';
import { uuidv7 } from './ids.ts';
import { spanIdOf, traceOf, traceparentFor } from './trace.ts';

const CALLER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

t.test(
  'a forwarded traceparent keeps the trace and names the attempt as parent (litellm#39067, #24027)',
  async (t) => {
    const request = uuidv7(1_700_000_000_000);
    const attempt = uuidv7(1_700_000_000_001);
    const trace = traceOf(CALLER, 'vendor=1', request);
    t.match(trace, {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
      state: 'vendor=1',
    });
    const forwarded = traceparentFor(trace, attempt);
    t.equal(forwarded, `00-0af7651916cd43dd8448eb211c80319c-${spanIdOf(attempt)}-01`);
    t.not(spanIdOf(attempt), spanIdOf(request));
    t.match(spanIdOf(attempt), /^[0-9a-f]{16}$/);
  },
);

t.test('a malformed traceparent starts a new trace and is not passed on', async (t) => {
  const request = uuidv7(1_700_000_000_000);
  for (const bad of [
    undefined,
    '',
    'x',
    CALLER.replace('00-', 'ff-'),
    CALLER.replace(/b7.*31/, '0'.repeat(16)),
    [CALLER],
  ]) {
    const trace = traceOf(bad, 'vendor=1', request);
    t.equal(trace.traceId, request.replaceAll('-', ''));
    t.equal(trace.parentSpanId, undefined);
    t.equal(trace.state, undefined);
  }
});
