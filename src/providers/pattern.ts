/**
 * Does a name match a pattern in which `*` stands for any run of characters? Everything else is literal and case
 * counts. Linear in practice, allocates nothing.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = index;
    } else if (pattern[at] === name[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

export function matchesAny(patterns: readonly string[], name: string): boolean {
  for (const pattern of patterns) if (matchesPattern(pattern, name)) return true;
  return false;
}

/** A pattern that says nothing of the model: it is asked only where no other one matched. */
export function isCatchAll(pattern: string): boolean {
  return pattern === '*';
}
