import { email } from './contact/email.ts';
import { phone } from './contact/phone.ts';
import { userName } from './contact/user-name.ts';
import { healthCondition } from './health/health-condition.ts';
import { insuranceNumber } from './health/insurance-number.ts';
import { medicalRecordNumber } from './health/medical-record-number.ts';
import { usDea } from './health/us-dea.ts';
import { usMbi } from './health/us-mbi.ts';
import { usNpi } from './health/us-npi.ts';
import { bankAccount } from './money/bank-account.ts';
import { bic } from './money/bic.ts';
import { bitcoinAddress } from './money/bitcoin-address.ts';
import { creditCard } from './money/credit-card.ts';
import { cryptoWallet } from './money/crypto-wallet.ts';
import { ethereumAddress } from './money/ethereum-address.ts';
import { euVatNumber } from './money/eu-vat-number.ts';
import { iban } from './money/iban.ts';
import { invoiceNumber } from './money/invoice-number.ts';
import { salary } from './money/salary.ts';
import { usRoutingNumber } from './money/us-routing-number.ts';
import { arCuit } from './national/ar-cuit.ts';
import { atSvnr } from './national/at-svnr.ts';
import { auAbn } from './national/au-abn.ts';
import { auAcn } from './national/au-acn.ts';
import { auMedicare } from './national/au-medicare.ts';
import { auTfn } from './national/au-tfn.ts';
import { balticPersonalCode } from './national/baltic-personal-code.ts';
import { beNrn } from './national/be-nrn.ts';
import { bgEgn } from './national/bg-egn.ts';
import { brCnpj } from './national/br-cnpj.ts';
import { brCpf } from './national/br-cpf.ts';
import { caSin } from './national/ca-sin.ts';
import { chAhv } from './national/ch-ahv.ts';
import { clRut } from './national/cl-rut.ts';
import { cnResidentId } from './national/cn-resident-id.ts';
import { czSkBirthNumber } from './national/cz-sk-birth-number.ts';
import { deHealthInsurance } from './national/de-health-insurance.ts';
import { deIdCard } from './national/de-id-card.ts';
import { dePassport } from './national/de-passport.ts';
import { deSocialSecurity } from './national/de-social-security.ts';
import { deTaxId } from './national/de-tax-id.ts';
import { deTaxNumber } from './national/de-tax-number.ts';
import { dkCpr } from './national/dk-cpr.ts';
import { esNie } from './national/es-nie.ts';
import { esNif } from './national/es-nif.ts';
import { fiHetu } from './national/fi-hetu.ts';
import { frNir } from './national/fr-nir.ts';
import { grAfm } from './national/gr-afm.ts';
import { grAmka } from './national/gr-amka.ts';
import { hkId } from './national/hk-id.ts';
import { hrOib } from './national/hr-oib.ts';
import { huTaj } from './national/hu-taj.ts';
import { idNik } from './national/id-nik.ts';
import { iePps } from './national/ie-pps.ts';
import { ilId } from './national/il-id.ts';
import { inAadhaar } from './national/in-aadhaar.ts';
import { inGstin } from './national/in-gstin.ts';
import { inPan } from './national/in-pan.ts';
import { inVoterId } from './national/in-voter-id.ts';
import { itDriverLicense } from './national/it-driver-license.ts';
import { itFiscalCode } from './national/it-fiscal-code.ts';
import { itIdentityCard } from './national/it-identity-card.ts';
import { jmbg } from './national/jmbg.ts';
import { jpMyNumber } from './national/jp-my-number.ts';
import { krPassport } from './national/kr-passport.ts';
import { krRrn } from './national/kr-rrn.ts';
import { mxCurp } from './national/mx-curp.ts';
import { mxRfc } from './national/mx-rfc.ts';
import { myNric } from './national/my-nric.ts';
import { nationalId } from './national/national-id.ts';
import { ngNin } from './national/ng-nin.ts';
import { ngVehicleRegistration } from './national/ng-vehicle-registration.ts';
import { nlBsn } from './national/nl-bsn.ts';
import { noFodselsnummer } from './national/no-fodselsnummer.ts';
import { nzIrd } from './national/nz-ird.ts';
import { phTin } from './national/ph-tin.ts';
import { plNip } from './national/pl-nip.ts';
import { plPesel } from './national/pl-pesel.ts';
import { ptNif } from './national/pt-nif.ts';
import { roCnp } from './national/ro-cnp.ts';
import { ruInn } from './national/ru-inn.ts';
import { ruSnils } from './national/ru-snils.ts';
import { sePersonnummer } from './national/se-personnummer.ts';
import { sgNric } from './national/sg-nric.ts';
import { thId } from './national/th-id.ts';
import { trLicensePlate } from './national/tr-license-plate.ts';
import { trNationalId } from './national/tr-national-id.ts';
import { twId } from './national/tw-id.ts';
import { ukDrivingLicence } from './national/uk-driving-licence.ts';
import { ukNhs } from './national/uk-nhs.ts';
import { ukNino } from './national/uk-nino.ts';
import { ukPassport } from './national/uk-passport.ts';
import { ukSortCode } from './national/uk-sort-code.ts';
import { ukUtr } from './national/uk-utr.ts';
import { usDriverLicense } from './national/us-driver-license.ts';
import { usEin } from './national/us-ein.ts';
import { usItin } from './national/us-itin.ts';
import { usPassport } from './national/us-passport.ts';
import { usSsn } from './national/us-ssn.ts';
import { zaId } from './national/za-id.ts';
import { coordinates } from './network/coordinates.ts';
import { domain } from './network/domain.ts';
import { ipAddress } from './network/ip-address.ts';
import { macAddress } from './network/mac-address.ts';
import { url } from './network/url.ts';
import { urlCredentials } from './network/url-credentials.ts';
import { age } from './people/age.ts';
import { date } from './people/date.ts';
import { dateOfBirth } from './people/date-of-birth.ts';
import { drivingLicence } from './people/driving-licence.ts';
import { employeeId } from './people/employee-id.ts';
import { location } from './people/location.ts';
import { nationality } from './people/nationality.ts';
import { organization } from './people/organization.ts';
import { passport } from './people/passport.ts';
import { person } from './people/person.ts';
import { postalCode } from './people/postal-code.ts';
import { streetAddress } from './people/street-address.ts';
import { studentId } from './people/student-id.ts';
import { SECRETS } from './secrets/index.ts';
import { iccid } from './things/iccid.ts';
import { imei } from './things/imei.ts';
import { licensePlate } from './things/license-plate.ts';
import { vin } from './things/vin.ts';

/** Every kind of value that is recognised. Where two overlap, the one that stands first here names the whole. */
export const RECOGNISERS = [
  ...SECRETS,
  urlCredentials,
  iban,
  creditCard,
  bitcoinAddress,
  ethereumAddress,
  cryptoWallet,
  usSsn,
  email,
  macAddress,
  ipAddress,
  coordinates,
  dateOfBirth,
  vin,
  iccid,
  imei,
  usMbi,
  usDea,
  medicalRecordNumber,
  nationalId,
  insuranceNumber,
  employeeId,
  usItin,
  ukNino,
  frNir,
  itFiscalCode,
  cnResidentId,
  chAhv,
  inGstin,
  mxCurp,
  brCpf,
  brCnpj,
  auAbn,
  fiHetu,
  phone,
  euVatNumber,
  usRoutingNumber,
  usNpi,
  usEin,
  usPassport,
  usDriverLicense,
  ukNhs,
  ukUtr,
  ukPassport,
  ukDrivingLicence,
  ukSortCode,
  deTaxId,
  deTaxNumber,
  deIdCard,
  dePassport,
  deHealthInsurance,
  deSocialSecurity,
  atSvnr,
  esNif,
  esNie,
  itIdentityCard,
  itDriverLicense,
  ptNif,
  nlBsn,
  beNrn,
  iePps,
  sePersonnummer,
  dkCpr,
  noFodselsnummer,
  plPesel,
  plNip,
  czSkBirthNumber,
  roCnp,
  bgEgn,
  grAfm,
  grAmka,
  hrOib,
  huTaj,
  balticPersonalCode,
  jmbg,
  ruSnils,
  ruInn,
  trNationalId,
  trLicensePlate,
  ilId,
  zaId,
  ngNin,
  ngVehicleRegistration,
  inAadhaar,
  inPan,
  inVoterId,
  krRrn,
  krPassport,
  jpMyNumber,
  sgNric,
  hkId,
  twId,
  thId,
  myNric,
  idNik,
  phTin,
  auTfn,
  auAcn,
  auMedicare,
  nzIrd,
  caSin,
  mxRfc,
  arCuit,
  clRut,
  passport,
  drivingLicence,
  studentId,
  licensePlate,
  bic,
  bankAccount,
  userName,
  streetAddress,
  healthCondition,
  person,
  organization,
  location,
  postalCode,
  salary,
  invoiceNumber,
  age,
  date,
  nationality,
  url,
  domain,
] as const;
