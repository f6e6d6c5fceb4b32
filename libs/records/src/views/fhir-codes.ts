/** A code of a code system, as FHIR writes it. */
export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export function concept(system: string, code: string, display: string): object {
  return { coding: [{ system, code, display }] };
}

const TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
export const ENTITY_TYPE = {
  person: { system: TYPE, code: '1', display: 'Person' },
  system: { system: TYPE, code: '2', display: 'System Object' },
  other: { system: TYPE, code: '4', display: 'Other' },
} as const;

const ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';
const role = (code: string, display: string): Coding => ({ system: ROLE, code, display });
export const OBJECT_ROLE: Readonly<Record<string, Coding>> = {
  '1': role('1', 'Patient'),
  '3': role('3', 'Report'),
  '4': role('4', 'Domain Resource'),
  '11': role('11', 'Security User Entity'),
  '13': role('13', 'Security Resource'),
  '24': role('24', 'Query'),
};

const REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
/** The house's purposes in HL7's words. One that HL7 has no word for is given as text. */
const PURPOSES: Readonly<Record<string, Coding>> = {
  LEGAL: { system: REASON, code: 'HLEGAL', display: 'legal' },
  DSAR: { system: REASON, code: 'PATRQT', display: 'patient requested' },
  AUDIT: { system: REASON, code: 'HCOMPL', display: 'health compliance' },
  TREAT: { system: REASON, code: 'TREAT', display: 'treatment' },
  ETREAT: { system: REASON, code: 'ETREAT', display: 'Emergency Treatment' },
  HOPERAT: { system: REASON, code: 'HOPERAT', display: 'healthcare operations' },
};

export function purposeOf(code: string): object {
  const coding = Object.hasOwn(PURPOSES, code) ? PURPOSES[code] : undefined;
  return coding ? { coding: [coding], text: code } : { text: code };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A reference by identifier: nothing of the house is a FHIR server's resource, and ids are pseudonyms. */
export function whatOf(id: string, type?: 'Patient' | 'Device'): object {
  const identifier = UUID.test(id) ? { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${id}` } : { value: id };
  return { ...(type && { type }), identifier };
}
