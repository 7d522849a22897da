/** What street addresses are made of, as sources of patterns; each bounded, so that a whole address stays within 128 characters. */

export const LETTERS = 'A-Za-z\\u00c0-\\u024f\\u1e00-\\u1eff';
export const CAPITALS = 'A-Z\\u00c0-\\u00de\\u0100-\\u024f';
export const WORD = `(?:[${CAPITALS}][${LETTERS}'\\u2019.-]{0,10}|de|da|do|du|la|van|von|der|\\d{1,2}(?:st|nd|rd|th))`;
/** English kinds of streets, after their name. */
export const KIND =
  '(?:[sS]treet|[sS]t|[aA]venue|[aA]ve|[rR]oad|[rR]d|[bB]oulevard|[bB]lvd|[lL]ane|[lL]n|[dD]rive|[dD]r|[cC]ourt|[cC]t|[pP]lace|[pP]l|[sS]quare|[sS]q|[wW]ay|[pP]arkway|[pP]kwy|[tT]errace|[tT]er|[cC]ircle|[cC]ir|[hH]ighway|[hH]wy|[tT]rail|[tT]rl|[aA]lley|[cC]lose|[cC]rescent|[mM]ews|[gG]rove|[gG]ardens|[hH]ill|[rR]ow|[wW]alk|[lL]oop|[pP]ike|[hH]eights|[cC]rossing|[eE]states?|[pP]lains|[rR]idge|[mM]anor|[vV]alley|[cC]oves?|[vV]iew|[pP]oint|[bB]end|[rR]un|[fF]ork|[gG]len|[pP]arade|[eE]splanade|[qQ]uay)';
/** The last part of compound names of streets, of the Germanic, Finnic, Slavic and Hungarian languages. */
export const MORPHEME =
  '(?:stra(?:ß|ss)e|str\\.|gasse|platz|weg|allee|damm|ring|ufer|berg|gatan|vägen|väg|gata|vej|gade|stræde|veien|vegen|vei|gaten|vollen|katu|tie|kuja|polku|utca|út|straat|laan|plein|steeg|kade|dreef|dijk|weide|braut|gata|vegur|stígur|ulica|ul\\.)';
/** Before the name of a street, in Romance and Slavic languages. */
export const PREFIXES = [
  ...['Rua', 'Rue', 'Via', 'Viale', 'Piazza', 'Calle', 'C/', 'Avenida', 'Av.', 'Avenue', 'Plaza', 'Paseo'],
  ...['Strada', 'Ulica', 'ul.', 'Quadra', 'Largo', 'Corso', 'Camino', 'Carrera', 'Boulevard', 'Chemin'],
  ...['Place', 'Travessa', 'Rruga', 'Praça', 'Ronda', 'Vicolo', 'Allée', 'Impasse', 'Quai', 'Route'],
];
export const PREFIX = `(?:${PREFIXES.map((each) => each.replace('.', '\\.')).join('|')})`;
/** Between number and name or after it, in Hungarian, Estonian, Czech: `Árpád fejedelem útja 62.`, `Luite tee 87`. */
export const MIDDLE = '(?:utca|útja|út|u\\.|tér|tere|körút|tee|tänav|puiestee|nám\\.|náměstí|trg|cesta)';
export const UNIT_NAME = '(?:Apt|Suite|Ste|Unit|Floor|Flat|Apartment|Room|apt|suite)';
export const UNIT = `(?:[,\\s]{1,2}${UNIT_NAME}\\.? ?#?\\w{1,4})`;
export const PLACE = `[,\\s]{1,3}[${CAPITALS}][${LETTERS}'.()-]{1,11}`;
/** A region's code and a postcode, of figures, British or Canadian. */
export const POST =
  '[,\\s]{1,3}(?:(?:nan|[A-Z]{1,3}|\\d\\d?),?\\s{1,5})?(?:\\d{4,5}(?![\\w-])|[A-Z]\\d[A-Z] \\d[A-Z]\\d)';
export const ENDS = `(?![\\w${LETTERS}])`;
