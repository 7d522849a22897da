/**
 * Cases of Presidio's own tests that Sluice decides otherwise, each with the reason. Presidio counts a match of any
 * score; here one below the threshold is none, and words or a text of nothing but the value lift it.
 */
export const ARGUED: Readonly<Record<string, string>> = {};
