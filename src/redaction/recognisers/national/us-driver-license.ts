import { idNumber } from '../id-number.ts';

/** By state between 4 and 14 letters and digits: known by what is written beside it. */
export const usDriverLicense = idNumber({
  id: 'us_driver_license',
  called: "a US driver's license number",
  labelled: {
    labels: [
      "driver's license",
      'driver’s license',
      'drivers license',
      'driver license',
      'driving license',
      "driver's licence",
      'dl',
      'dln',
      'license number',
    ],
    value: '(?:[A-Z]{2}[ :])?[A-Za-z]{0,2}[ -]?\\d{3,4}[ -]?\\d{3,4}(?:[ -]?\\d{1,6})?',
    valid: (compact) => compact.length >= 7,
  },
  forms: [],
  found: [
    "Driver's license: ‹D1234567›",
    'driver license number ‹A123-4567-8901›',
    'DL# ‹A12345678›',
    "driver's license ‹CA D1234562›",
  ],
  ignored: ['D1234567', 'license 2.0 of 1234'],
});
