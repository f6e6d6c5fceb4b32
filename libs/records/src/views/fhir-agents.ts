import type { Entry } from '@app/audit';
import { concept, whatOf } from './fhir-codes';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

/**
 * `out`: the client gets something (a read, an export): it is the destination. `in`: it sends something: it is the
 * source. `ask`: it sends a question, and is the source as well. `decision`: access was decided, and these are its parties.
 */
export type Direction = 'out' | 'in' | 'ask' | 'decision';

const SOURCE = concept(DCM, '110153', 'Source Role ID');
const DESTINATION = concept(DCM, '110152', 'Destination Role ID');
const RECIPIENT = concept(PARTICIPATION, 'IRCP', 'information recipient');
const AUTHOR = concept(PARTICIPATION, 'AUT', 'author (originator)');

/** The server that did it and wrote it down: BALP wants the very same reference in `source.observer`. */
export function serverOf({ tenant }: Entry): object {
  return { ...whatOf(tenant, 'Device'), display: 'Vestibule' };
}

/** Returns the agents: the client program, the server, the person if there is one; for a decision also whose they are. */
export function agentsOf(entry: Entry, direction: Direction, purpose: object | undefined): object[] {
  const { actor } = entry;
  const person = actor.kind === 'system' ? undefined : personOf(entry, direction, purpose);
  const client = {
    who: whatOf(actor.session ?? actor.id),
    requestor: person === undefined,
    // The log keeps no address of anybody: the element that BALP wants says that it is not there.
    network: { _address: { extension: [ABSENT] } },
  };
  const server = { who: serverOf(entry), requestor: false };
  if (direction === 'decision')
    return [
      { type: concept(DCM, '110150', 'Application'), ...client },
      ...(person ? [person] : []),
      {
        type: concept('http://terminology.hl7.org/CodeSystem/v3-RoleClass', 'PROV', 'healthcare provider'),
        who: whatOf(entry.tenant),
        requestor: false,
      },
      {
        type: concept(
          'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
          'authserver',
          'authorization server',
        ),
        ...server,
      },
    ];
  const network = { address: `urn:vestibule:log:${entry.tenant}`, type: '5' };
  return [
    { type: direction === 'out' ? DESTINATION : SOURCE, ...client },
    { type: direction === 'out' ? SOURCE : DESTINATION, ...server, network },
    ...(person ? [person] : []),
  ];
}

const ABSENT = {
  url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
  valueCode: 'not-asked',
};

function personOf({ actor }: Entry, direction: Direction, purpose: object | undefined): object {
  return {
    type: direction === 'in' ? AUTHOR : RECIPIENT,
    ...(actor.roles && actor.roles.length > 0 && { role: actor.roles.map((role) => ({ text: role })) }),
    who: whatOf(actor.id),
    requestor: true,
    ...(purpose && { purposeOfUse: [purpose] }),
  };
}
