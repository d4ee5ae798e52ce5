/** What makes a value personal, in the words of messages. */
export type PersonalKind =
  | 'mail address'
  | 'telephone number'
  | 'person’s name'
  | 'postal address'
  | 'date of birth'
  | 'identity number'
  | 'bank account or card'
  | 'network address'
  | 'credential'
  | 'attribute of a person'
  /** By a security label; what it is is not known. */
  | 'labelled so';
