/**
 * Cases of Presidio's own tests that Sluice decides otherwise, each with the reason. Presidio counts a match of any
 * score; here one below the threshold is none, and words or a text of nothing but the value lift it.
 */
export const ARGUED: Readonly<Record<string, string>> = {
  'CREDIT_CARD 122000000000003':
    'UATP numbers begin with 1 and name firms, no cardholder; with them a twelfth of all Luhn-valid numbers would be cards.',
  'CREDIT_CARD my credit card: 122000000000003': 'The same number.',
  'DE_VAT_ID FR12345678901':
    'One recogniser here takes the numbers of every member state, and this is a French one.',
  'DE_VAT_ID DE123456789':
    'Its check digit is wrong; another case of Presidio expects nothing of the same number.',
  'DE_VAT_ID DE987654321':
    'Its check digit is wrong; another case of Presidio expects nothing of the same number.',
  'DE_VAT_ID DE100000001':
    'Its check digit is wrong; another case of Presidio expects nothing of the same number.',
  'DE_ID_CARD C01234565': 'C, F, G, H, J and K begin the numbers of passports, which de_passport finds.',
  'DE_ID_CARD CZ6311T03': 'The same: the number of a passport.',
  'DE_ID_CARD G00000002': 'The same: the number of a passport.',
  'IN_PAN A1111DFSFS':
    'No number of the form that the Income Tax Department gives; Presidio takes it with score 0.01.',
  'IP_ADDRESS Use local ipv6 ::': 'The unspecified address points at nobody.',
  'IP_ADDRESS my ip: ::1': 'Loopback points at nobody.',
  'IP_ADDRESS connecting from ::1': 'Loopback points at nobody.',
  'IP_ADDRESS src=:: dst=::1': 'The unspecified address and loopback point at nobody.',
  'IP_ADDRESS 192.168.1.1.1':
    'Five parts are the number of a version or an object id, not an address with a dot behind it.',
  'IP_ADDRESS localhost 127.0.0.1': 'Loopback points at nobody.',
  'IP_ADDRESS Broadcast 255.255.255.255': 'Broadcast points at nobody.',
  'IP_ADDRESS Default 0.0.0.0': 'The unspecified address points at nobody.',
  'IP_ADDRESS Unspecified ::': 'The unspecified address points at nobody.',
  'IP_ADDRESS Loopback ::1': 'Loopback points at nobody.',
  'IP_ADDRESS 0.0.0.0/0': 'The whole internet is nobody.',
  'IP_ADDRESS ::1/128': 'Loopback points at nobody.',
  'IP_ADDRESS ::/0': 'The whole internet is nobody.',
  'IP_ADDRESS ::/128': 'The unspecified address points at nobody.',
  'IT_IDENTITY_CARD AA1234567 aa 1234567':
    'Two letters and seven digits are many things: without a word for it they count only where the text is nothing else.',
  'PH_MOBILE_NUMBER 0 (917) 123 4567': 'Found without the trunk digit; what names the subscriber is covered.',
  'PH_MOBILE_NUMBER 9171234567':
    'No Philippine number without its trunk digit, but one of other countries, as a text of its own.',
  'PH_MOBILE_NUMBER 917 123 4567': 'The same number in groups.',
  'PH_MOBILE_NUMBER 917-123-4567': 'The same number in groups.',
  'PH_MOBILE_NUMBER Numero: 9171234567': 'The same number, named as a number.',
  'PH_MOBILE_NUMBER 0917123456':
    'Too short for the Philippines, as long as numbers of other countries, as a text of its own.',
  'PH_MOBILE_NUMBER 091712345678':
    'Too long for the Philippines, as long as numbers of other countries, as a text of its own.',
  'PH_MOBILE_NUMBER First: +639171234567, Second: 09181234567':
    'Eleven digits with nothing that names a phone beside them are as well an order; the international one is found.',
  'TR_PHONE_NUMBER 9123456789': 'No Turkish mobile number, but one of other countries, as a text of its own.',
  'US_SSN 078-051121 07805-1121':
    'The second is written as postcodes of nine figures are: it counts where a word for it stands beside it.',
  'US_ITIN 911-701234 91170-1234':
    'The same: five figures, a hyphen and four are a postcode unless something says otherwise.',
  'UK_NINO Here is my National Insurance Number YZ 61 48 68 B':
    'Found; the case counts the blank before it in.',
};
