import type { Span } from './spans.ts';

/** A line of `held-out.txt`: `{{TYPE|value}}` marks a span, `\n` stands for the end of a line. */
export function markedRow(line: string): { text: string; spans: Span[] } {
  const spans: Span[] = [];
  let text = '';
  let from = 0;
  const source = line.replaceAll('\\n', '\n');
  for (const { 0: marked, 1: type = '', 2: value = '', index } of source.matchAll(
    /\{\{([A-Z_]+)\|([^}]*)\}\}/g,
  )) {
    text += source.slice(from, index);
    spans.push({ start: text.length, end: text.length + value.length, type });
    text += value;
    from = index + marked.length;
  }
  return { text: text + source.slice(from), spans };
}
