/** A list of contacts as the emulator keeps it. */
export interface ContactList {
  readonly id: string;
  readonly name: string;
  readonly type: ListType;
  readonly headers: readonly string[];
  /** Which of the headers holds the e-mail address. */
  readonly emailColumn: string;
  rows: readonly (readonly string[])[];
  modifiedAt: number;
}

export type ListType = 'CONTACT_LIST' | 'ACCOUNT_LIST' | 'OPPORTUNITY_LIST';
export const listTypes: readonly ListType[] = ['CONTACT_LIST', 'ACCOUNT_LIST', 'OPPORTUNITY_LIST'];

/** A list to begin with. */
export interface ListOptions {
  /** `l-0001` and so on by default. */
  id?: string | undefined;
  name: string;
  /** `'CONTACT_LIST'` by default. */
  type?: ListType | undefined;
  /**
   * The first that contains "mail" holds the address. `['Email', 'First Name', 'Last Name']` by
   * default.
   */
  headers?: readonly string[] | undefined;
  rows?: readonly (readonly string[])[] | undefined;
}

const givenNames = ['Ada', 'Blaise', 'Charles', 'Dorothy', 'Edsger', 'Frances', 'Grace', 'Hedy'];
const familyNames = ['Archer', 'Baker', 'Carver', 'Dyer', 'Fletcher', 'Glover', 'Mason'];

export const seededLists: readonly ListOptions[] = [
  { name: 'Newsletter', rows: people(12) },
  { name: 'Customers', rows: people(40) },
  { name: 'Trade fair', rows: people(3) },
];

export function createList(options: ListOptions, position: number, now: number): ContactList {
  const headers = options.headers ?? ['Email', 'First Name', 'Last Name'];
  return {
    id: options.id ?? `l-${String(position + 1).padStart(4, '0')}`,
    name: options.name,
    type: options.type ?? 'CONTACT_LIST',
    headers,
    emailColumn: headers.find((header) => /mail/i.test(header)) ?? '',
    rows: options.rows ?? [],
    modifiedAt: now,
  };
}

function people(count: number): string[][] {
  return Array.from({ length: count }, (_, index) => {
    const given = givenNames[index % givenNames.length] ?? '';
    const family = familyNames[index % familyNames.length] ?? '';
    return [`${given}.${family}@example.test`.toLowerCase(), given, family];
  });
}
