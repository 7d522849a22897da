import { isDay } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** RFC: letters of the name, a date, three characters. */
export const mxRfc = idNumber({
  id: 'mx_rfc',
  called: 'a Mexican taxpayer code',
  context: ['rfc', 'registro federal'],
  forms: [
    { back: 4, pattern: '[A-ZÑ&]{4}\\d{6}[A-Z0-9]{2}[0-9A]', score: LIKELY, valid: dated },
    { back: 3, pattern: '[A-ZÑ&]{3}\\d{6}[A-Z0-9]{2}[0-9A]', score: POSSIBLE, valid: dated },
  ],
  found: ['RFC ‹GODE561231GR8›', 'rfc: ‹ABC680524P76›'],
  ignored: ['GODE561331GR8', 'sku ABC680524P76'],
});

function dated(compact: string): boolean {
  const [date = ''] = compact.match(/\d{6}/) ?? [];
  return isDay(date.slice(2, 4), date.slice(4, 6));
}
