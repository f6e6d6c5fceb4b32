/** Who may stand at a door. Nobody is `anonymous` by accident: a door without a person says so and says why. */
export type Audience = 'anonymous' | 'client' | 'staff';

/**
 * Every act of the house that a person can ask for. A route or an event names one of these, or the program does not start;
 * `access/schema.cedarschema` declares the same names (a test holds the two together).
 */
export const ACTIONS = [
  // a client and staff, on one intake
  'intake.read',
  'transcript.read',
  'message.post',
  'intake.signal',
  'consult.join',
  'consult.end',
  // a client
  'identity.prove',
  'consult.answer',
  'intake.rate',
  'intake.leave',
  // staff, on one intake
  'intake.claim',
  'intake.transfer',
  'intake.close',
  'note.read',
  'note.write',
  'identity.request',
  'record.read',
  'consult.offer',
  'consult.admit',
  // staff, on one intake or on their tenant
  'transcript.search',
  // staff, on their tenant
  'self.read',
  'queue.list',
  'reply.list',
  'search.read',
  'insight.read',
  'audit.read',
  'export.create',
  'export.read',
  'transcript.export',
  'officer-key.manage',
  'hold.read',
  'hold.place',
  'hold.release',
  'erase.read',
  'erase.request',
  'evidence.read',
  'key.read',
  'key.rotate',
  'staff.list',
  'staff.manage',
] as const;

export type Action = (typeof ACTIONS)[number];

/** Doors that stand open: what is behind them is public, or they are where a person first says who they are. */
export const OPEN_DOORS = [
  'site.read',
  'intake.start',
  'staff.sign-in',
  'health.read',
  'demo.read',
  'page.read',
] as const;

export type OpenDoor = (typeof OPEN_DOORS)[number];
