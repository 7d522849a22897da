const LINE_END = /\r\n|\n|\r/;

/**
 * The data of the first complete server-sent event, comments and events without data skipped; undefined while there
 * is none. Only for the opening of a stream, which may still be an error that another provider can make good.
 */
export function firstEventData(text: string): string | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(LINE_END);
  // What follows the last line end is not a line yet.
  lines.pop();
  const data: string[] = [];
  for (const line of lines) {
    if (line === '' && data.length > 0) return data.join('\n');
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  return undefined;
}
