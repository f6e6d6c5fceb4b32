import type { FrameName, Source } from '../messages';

export type Role = 'client' | 'staff';

/**
 * `connected`: the socket stands, there is no media. `prepared`: the room's capabilities are known, routes may be made.
 * `joined`: seen by the others, receives and sends. `left` is final. A lost room puts everybody back to `connected`.
 */
export type PeerState = 'connected' | 'prepared' | 'joined' | 'left';

/** What is asked: a frame, and for `produce` what it is of. */
export type Deed = Exclude<FrameName, 'produce'> | `produce ${Source}`;

interface Rule {
  readonly states: readonly PeerState[];
  readonly roles: readonly Role[];
}

const BOTH: readonly Role[] = ['client', 'staff'];

/** Who may do what, when. What is not in this table is refused. */
const RULES: Readonly<Record<Deed, Rule>> = {
  capabilities: { states: ['connected'], roles: BOTH },
  'transport.create': { states: ['prepared'], roles: BOTH },
  'transport.connect': { states: ['prepared', 'joined'], roles: BOTH },
  'transport.restart-ice': { states: ['prepared', 'joined'], roles: BOTH },
  join: { states: ['prepared'], roles: BOTH },
  'produce mic': { states: ['joined'], roles: BOTH },
  'produce webcam': { states: ['joined'], roles: BOTH },
  'produce screen': { states: ['joined'], roles: ['staff'] },
  'producer.pause': { states: ['joined'], roles: BOTH },
  'producer.resume': { states: ['joined'], roles: BOTH },
  'producer.close': { states: ['joined'], roles: BOTH },
  stats: { states: ['prepared', 'joined'], roles: BOTH },
};

/** Returns why a deed is refused, or undefined when it is allowed. */
export function refusal(
  deed: Deed,
  state: PeerState,
  role: Role,
): 'ACCESS_DENIED' | 'STEP_NOT_ALLOWED' | undefined {
  const rule = RULES[deed];
  if (!rule.roles.includes(role)) return 'ACCESS_DENIED';
  return rule.states.includes(state) ? undefined : 'STEP_NOT_ALLOWED';
}

export interface Allowance {
  /** How many at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * How often one peer may send each frame. Building a call takes one of each and two transports; the bursts leave room
 * for a few rebuilds in a row. A route costs the media server memory, so routes are the dearest.
 */
export const ALLOWANCES: Readonly<Record<FrameName, Allowance>> = {
  capabilities: { burst: 6, perSecond: 0.2 },
  'transport.create': { burst: 12, perSecond: 0.2 },
  'transport.connect': { burst: 12, perSecond: 0.2 },
  'transport.restart-ice': { burst: 12, perSecond: 0.2 },
  join: { burst: 6, perSecond: 0.2 },
  produce: { burst: 18, perSecond: 0.5 },
  'producer.pause': { burst: 20, perSecond: 2 },
  'producer.resume': { burst: 20, perSecond: 2 },
  'producer.close': { burst: 18, perSecond: 0.5 },
  stats: { burst: 5, perSecond: 1 },
};
