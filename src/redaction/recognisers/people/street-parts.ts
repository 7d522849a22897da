/** What street addresses are made of, as sources of patterns; each bounded, so that a whole address stays within 128 characters. */

/** Latin, Greek and Cyrillic. */
export const LETTERS =
  'A-Za-z\\u00c0-\\u024f\\u1e00-\\u1eff\\u0370-\\u03ff\\u1f00-\\u1fff\\u0400-\\u045f\\u2206';
export const CAPITALS = 'A-Z\\u00c0-\\u00de\\u0100-\\u024f\\u0386-\\u03ab\\u0400-\\u042f';
const PARTICLE =
  'de la|de los|de las|de|da|do|du|des|del|della|dei|degli|dos|das|la|las|los|le|les|el|van|van de|van der|von|der|den|e|z';
export const WORD = `(?:[${CAPITALS}][${LETTERS}'\\u2019.-]{0,10}|${PARTICLE}|\\d{1,3}(?:st|nd|rd|th))`;

/** `street` becomes `[sS]treet`. */
const eitherCase = (words: string): string =>
  words
    .split(' ')
    .map((word) => `[${word.charAt(0)}${word.charAt(0).toUpperCase()}]${word.slice(1)}`)
    .join('|');

/** English kinds of streets that are hardly anything else behind a number and a name (Publication 28 of the US Postal Service, appendix C1; British and Australian ones). */
export const KIND = `(?:${eitherCase(
  'street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square sq way parkway pkwy terrace ter circle cir highway hwy trail trl alley close crescent cres mews grove gardens hill row walk loop pike heights crossing estate estates plains ridge manor valley cove coves view point bend run fork glen parade esplanade quay turnpike causeway expressway freeway bypass promenade wharf embankment gateway wynd broadway',
)})`;
/** Others of the same lists that are words of daily life, too: only with a flat, a town or a postcode behind them. */
export const RARE_KIND = `(?:${eitherCase(
  'bridge brook center centre cliff club common corner course creek crest dale field flats ford forest forge garden green harbor haven hollow island isle junction knoll lake landing lodge mall meadow meadows mill mount mountain orchard park pass passage path plain plaza points port prairie ramp ranch rest river route shore shores spring springs spur station stream summit trace track tunnel union villas via viaduct village ville vista wall well wells rise vale yard',
)})`;

/** The last part of compound names of streets, of the Germanic, Finnic, Slavic and Hungarian languages. */
export const MORPHEMES =
  'straße strasse str. gasse platz weg allee damm ring ufer berg chaussee steig stieg gatan vägen väg gata gränd torget vej gade stræde allé plads veien vegen vei gaten vollen katu tie kuja polku kaari ranta utca út straat laan plein steeg kade dreef dijk weide gracht singel braut vegur stígur ulica ul.'.split(
    ' ',
  );
export const MORPHEME = `(?:${MORPHEMES.map((each) => each.replace('.', '\\.')).join('|')})`;
/** The same as words of their own, behind the name: `Berliner Straße 12`. */
export const STREET_WORDS =
  'Straße Strasse Str. Allee Platz Weg Ring Damm Ufer Chaussee Gasse gate gata vei vej utca út útja tér körút u. tee tänav puiestee'.split(
    ' ',
  );

/** Before the name of a street, in Romance, Slavic and Greek languages. */
export const PREFIXES = [
  ...[
    'Rua',
    'Rue',
    'Via',
    'Viale',
    'Piazza',
    'Piazzale',
    'Piazzetta',
    'Calle',
    'C/',
    'Avenida',
    'Avda.',
    'Av.',
  ],
  ...[
    'Avenue',
    'Plaza',
    'Plaça',
    'Paseo',
    'Passeig',
    'Carrer',
    'Strada',
    'Ulica',
    'ul.',
    'ulica',
    'Quadra',
    'Largo',
  ],
  ...[
    'Corso',
    'Camino',
    'Carrera',
    'Cra.',
    'Boulevard',
    'Bulevardul',
    'Chemin',
    'Place',
    'Travessa',
    'Alameda',
    'R.',
  ],
  ...[
    'Rruga',
    'Praça',
    'Ronda',
    'Rúa',
    'Vicolo',
    'Allée',
    'Impasse',
    'Quai',
    'Route',
    'Cours',
    'Estrada',
    'Rodovia',
  ],
  ...[
    'al.',
    'os.',
    'pl.',
    'ул.',
    'улица',
    'проспект',
    'пер.',
    'Λ.',
    'Οδός',
    'Πλατεία',
    'Λεωφόρος',
    'calle',
    'rua',
    'rue',
    'avenida',
  ],
];
export const PREFIX = `(?:${PREFIXES.map((each) => each.replace('.', '\\.')).join('|')})`;
/** French, behind the number and in small letters as a rule: `14 bis rue des Lilas`. */
export const FRENCH_KIND = `(?:${eitherCase(
  'rue avenue av. boulevard bd place chemin impasse allée quai route cours square passage ruelle sentier faubourg',
).replaceAll('.', '\\.')})`;
/** Between number and name or after it, in Hungarian, Estonian, Czech: `Árpád fejedelem útja 62.`, `Luite tee 87`. */
export const MIDDLE = '(?:utca|útja|út|u\\.|tér|tere|körút|tee|tänav|puiestee|nám\\.|náměstí|trg|cesta)';
export const UNIT_NAME =
  '(?:Apt|Suite|Ste|Unit|Floor|Flat|Apartment|Room|Studio|Shop|Level|apt|suite|unit|flat|apartment)';
export const UNIT = `(?:[,\\s]{1,2}[> ]{0,2}${UNIT_NAME}\\.? ?#?\\w{1,4})`;
export const PLACE = `[,\\s]{1,3}[${CAPITALS}][${LETTERS}'.()-]{1,11}`;
/** A region's code and a postcode, of figures, British or Canadian. */
export const POST =
  '[,\\s]{1,3}(?:(?:nan|[A-Z]{1,3}|\\d\\d?),?\\s{1,5})?(?:\\d{4,5}(?![\\w-])|[A-Z]\\d[A-Z] \\d[A-Z]\\d)';
export const ENDS = `(?![\\w${LETTERS}])`;
