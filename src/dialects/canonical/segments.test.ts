import fc from 'fast-check';
import t from 'tap';
import { type Segment, Segments, type SegmentWriter } from './segments.ts';
import { WholeAnswer } from './whole.ts';

/** Writes down what it is told, and that it is told in a row. */
class Notes implements SegmentWriter {
  readonly written: { kind: string; name: string; text: string }[] = [];
  #open: { kind: string; name: string; text: string } | undefined;
  over = false;

  open({ kind, name }: Segment): void {
    if (this.#open !== undefined) throw new Error('one is open');
    this.#open = { kind, name, text: '' };
    this.written.push(this.#open);
  }

  delta(text: string): void {
    if (this.#open === undefined) throw new Error('none is open');
    this.#open.text += text;
  }

  close(): void {
    if (this.#open === undefined) throw new Error('none is open');
    this.#open = undefined;
  }

  finish(): void {
    this.over = this.#open === undefined;
  }

  head(): void {}
  seal(): void {}
  cite(): void {}
  usage(): void {}
  end(): void {}
}

const ARGS = ['{"a":', '"}{"', ',"b":[1,{}]', '}'];

t.test('however calls and texts are interleaved, each comes in one piece and none is lost', async (t) => {
  const step = fc.record({ tool: fc.integer({ min: 0, max: 3 }), text: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const notes = new Notes();
      const whole = new WholeAnswer();
      const sinks = [new Segments(notes), whole];
      const next = new Map<number, number>();
      for (const { tool, text } of steps) {
        const at = next.get(tool);
        const part = ARGS[at ?? 0];
        for (const sink of sinks) {
          if (text) sink.text(0, `t${tool}`);
          else if (at === undefined) sink.call(0, tool, `id${tool}`, `f${tool}`);
          else if (part !== undefined) sink.args(0, tool, part);
        }
        if (!text) next.set(tool, at === undefined ? 0 : at + 1);
      }
      for (const sink of sinks) sink.finish(0, 'stop');
      const { parts } = whole.choice(0);
      const calls = parts.filter((part) => part.kind === 'call').map(({ name, args }) => `${name}${args}`);
      const told = notes.written
        .filter(({ kind }) => kind === 'call')
        .map(({ name, text }) => `${name}${text}`);
      const said = notes.written.map(({ kind, text }) => (kind === 'text' ? text : '')).join('');
      const wanted = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
      return notes.over && said === wanted && JSON.stringify(told) === JSON.stringify(calls);
    }),
    { numRuns: 500 },
  );
  t.pass('500 interleavings');
});
