import type { Anchor, Recogniser } from '../../src/redaction/recogniser.ts';

/** A text of this length that repeats the unit. */
export function pumped(unit: string, length = 65_536): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/**
 * What a hostile text would repeat to make a recogniser work: its own values, whole and begun, what it is anchored
 * at, and characters of the classes in its patterns.
 *
 * @param most how many examples and anchors of each kind
 */
export function pumpUnits({ examples, forms }: Recogniser, { most = 100 } = {}): string[] {
  const units = new Set<string>();
  for (const example of [...examples.found.slice(0, most), ...examples.ignored.slice(0, most)]) {
    const text = example.replaceAll('·', '');
    const value = /‹([^›]*)›/.exec(text)?.[1] ?? text;
    units
      .add(`${text.replace(/[‹›]/g, '')} `)
      .add(value)
      .add(value.slice(0, value.length >> 1));
    units.add(`${value.slice(0, 4)} `);
  }
  for (const { anchor, pattern } of forms) {
    const classes = [...new Set(pattern.match(/\[\^?(?:\\.|[^\]\\])*\]|\\[dws]/g) ?? [])].slice(0, 4);
    const members = classes.map((source) => memberOf(source)).join('');
    for (const start of startsOf(anchor).slice(0, most)) units.add(`${start} `).add(`${start}${members}`);
  }
  units.delete('');
  return [...units];
}

function startsOf(anchor: Anchor): string[] {
  switch (anchor.kind) {
    case 'text':
      return [...anchor.texts];
    case 'inner':
      return anchor.texts.map((text) => `${memberOf(anchor.before)}${text}`);
    case 'char':
      return [anchor.char, `${memberOf(anchor.before)}${anchor.char}`];
    case 'word':
      return [`${memberOf(anchor.first)} `];
    case 'digits':
      return ['1', '1 ', '1-'];
  }
}

/** The first character of ASCII that the class has, letters and digits before signs. */
function memberOf(source: string): string {
  const regex = new RegExp(`^${source}$`);
  const all = Array.from({ length: 95 }, (_, at) => String.fromCharCode(at + 32));
  return (
    all.find((char) => /\w/.test(char) && regex.test(char)) ?? all.find((char) => regex.test(char)) ?? ''
  );
}
