import type { Anchor, Form, Recogniser } from '../../src/redaction/recogniser.ts';

export const PUMPED_CHARS = 65_536;

/** A text of this length that repeats the unit. */
export function pumped(unit: string, length = PUMPED_CHARS): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/**
 * What a hostile text would repeat to make a recogniser work: its own values, whole, nearly whole and begun, what it
 * is anchored at, and characters of the classes in its patterns.
 */
export function pumpUnits({ examples, forms }: Recogniser): string[] {
  const units = new Set<string>();
  for (const example of [...examples.found, ...examples.ignored].map((each) => each.replaceAll('·', ''))) {
    const value = /‹([^›]*)›/.exec(example)?.[1] ?? example;
    const text = example.replace(/[‹›]/g, '');
    units.add(text).add(`${text} `).add(`${value} `).add(value.slice(0, -1));
    units.add(value.slice(0, value.length >> 1)).add(value.slice(0, 4));
  }
  for (const form of forms) for (const unit of unitsOfForm(form)) units.add(unit);
  units.delete('');
  return [...units];
}

function unitsOfForm({ anchor, pattern }: Form): string[] {
  const starts = startsOf(anchor);
  const classes = [...new Set(pattern.match(/\[\^?(?:\\.|[^\]\\])*\]|\\[dws]/g) ?? [])].slice(0, 4);
  const members = classes.map((source) => memberOf(source));
  return [...starts, ...starts.map((start) => `${start}${members.join('')}`), members.join('')];
}

function startsOf(anchor: Anchor): string[] {
  switch (anchor.kind) {
    case 'text':
      return anchor.texts.slice(0, 3);
    case 'inner':
      return anchor.texts.slice(0, 2).map((text) => `${memberOf(anchor.before)}${text}`);
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
