import type { TypeClass } from '../columns/column-type.ts';
import type { PersonalKind } from './kinds.ts';

interface NameWords {
  readonly kind: PersonalKind;
  /** What such a column may hold; a date that a password was changed on is none. */
  readonly types: readonly TypeClass[];
  /** Words of a name without their separators: `first_name` and `firstName` are `firstname`. English, German, French, Spanish, Italian,
   * Dutch, the Nordic languages. */
  readonly words: ReadonlySet<string>;
}

/** Composite types, hstore, xml and the like hold texts too. */
const TEXT: readonly TypeClass[] = ['text', 'json', 'hex', 'hstore', 'record', 'other'];
const NUMBERED: readonly TypeClass[] = [...TEXT, 'integer', 'number', 'uuid'];

const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

// prettier-ignore
const NAMES: readonly NameWords[] = [
  { kind: 'mail address', types: TEXT, words: list('email mail emailaddress mailaddress courriel epost correo emails') },
  { kind: 'telephone number', types: NUMBERED, words: list('phone telephone phonenumber tel telefon telefono telefonnummer mobile mobil mobilephone handy fax faxnumber cell cellphone msisdn gsm whatsapp puhelin telefoon') },
  { kind: 'network address', types: [...TEXT, 'inet'], words: list('ip ipaddr ipaddress remoteaddr clientip useragent macaddress mac deviceid cookie fingerprint') },
  { kind: 'credential', types: NUMBERED, words: list('password passwd pwd passwordhash passworddigest encryptedpassword secret clientsecret token accesstoken refreshtoken resettoken apikey privatekey otp otpsecret salt pin passwort kennwort motdepasse contrasena recoverycode securityanswer') },
  { kind: 'date of birth', types: [...NUMBERED, 'date'], words: list('birth birthday birthdate dateofbirth dob born bornon geburtsdatum geburtstag naissance datenaissance nacimiento fechanacimiento fodselsdato geboortedatum syntymaaika yearofbirth birthyear') },
  { kind: 'person’s name', types: TEXT, words: list('firstname lastname surname forename givenname familyname fullname middlename maidenname username nickname displayname personname customername contactname recipientname billingname shippingname cardholder holdername accountholder realname legalname vorname nachname familienname prenom nomdefamille nombre apellido apellidos cognome fornavn etternavn efternavn voornaam achternaam etunimi sukunimi login screenname signature') },
  { kind: 'postal address', types: NUMBERED, words: list('address addressline addressline1 addressline2 street streetaddress streetname housenumber zip zipcode postal postalcode postcode plz strasse anschrift adresse adress rue codepostal direccion calle indirizzo adres osoite latitude longitude lat lng lon geolocation birthplace placeofbirth') },
  { kind: 'identity number', types: NUMBERED, words: list('ssn socialsecurity socialsecuritynumber passport passportnumber passportno nationalid nationalidnumber taxid taxnumber taxpayerid steuernummer steuerid personnummer fodselsnummer cpr cpf dni nif nie bsn nino pesel aadhaar curp drivinglicense driverslicense licensenumber licenseplate numberplate vin insurancenumber patientid medicalrecord idcard idnumber') },
  { kind: 'bank account or card', types: NUMBERED, words: list('iban bic accountnumber bankaccount routingnumber sortcode cardnumber creditcard creditcardnumber ccnumber pan cvc cvv kontonummer kontonr') },
  { kind: 'attribute of a person', types: TEXT, words: list('gender sex religion ethnicity race nationality maritalstatus diagnosis disability bloodtype politicalparty sexualorientation salary') },
];

/** Tables of people: there a plain `name` is one of a person. */
const PEOPLE = list(
  'customer customers user users person persons people employee employees contact contacts patient patients member members client clients author authors student students teacher teachers owner owners subscriber subscribers guest guests passenger passengers driver drivers account accounts profile profiles lead leads applicant applicants candidate candidates recipient recipients kunde kunden benutzer personen mitarbeiter',
);
const OF_PEOPLE: Readonly<Record<string, PersonalKind>> = {
  name: 'person’s name',
  names: 'person’s name',
  title: 'attribute of a person',
  city: 'postal address',
  town: 'postal address',
  ort: 'postal address',
  stadt: 'postal address',
  ville: 'postal address',
  age: 'attribute of a person',
};
const MOST_WORDS = 4;

/** What the name of a column says that it holds. */
export function kindByName(column: string, table: string, type: TypeClass): PersonalKind | undefined {
  const words = wordsOf(column);
  const found = NAMES.find(
    (each) => each.types.includes(type) && runsOf(words).some((run) => each.words.has(run)),
  );
  if (found) return found.kind;
  if (!TEXT.includes(type) || !wordsOf(table).some((word) => PEOPLE.has(word))) return undefined;
  return OF_PEOPLE[words.join('')];
}

/** `billingFirst_name2` → billing, first, name */
function wordsOf(name: string): string[] {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .split(/[^\p{L}\d]+/u)
    .map((part) => part.replace(/\d+$/, ''))
    .filter((part) => part !== '');
}

/** Each word, and each run of neighbours written as one. */
function runsOf(words: readonly string[]): string[] {
  return words.flatMap((_, from) =>
    Array.from({ length: Math.min(MOST_WORDS, words.length - from) }, (_each, more) =>
      words.slice(from, from + more + 1).join(''),
    ),
  );
}
