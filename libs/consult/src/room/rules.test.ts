import { randomUUID } from 'node:crypto';
import { browserCapabilities } from '../../testing/rtp';
import { type FakePage, RoomScene } from '../../testing/room';
import type { Deed, PeerState, Role } from './rules';

const STATES: PeerState[] = ['connected', 'prepared', 'joined', 'left'];
const ROLES: Role[] = ['client', 'staff'];

/** A valid frame for each deed, given a page in whatever state. */
const FRAMES: Record<Deed, (page: FakePage) => [string, object]> = {
  capabilities: () => ['capabilities', {}],
  'transport.create': () => ['transport.create', { direction: 'send' }],
  'transport.connect': (page) => ['transport.connect', page.connecting(page.sendId || randomUUID())],
  'transport.restart-ice': (page) => ['transport.restart-ice', { transportId: page.sendId || randomUUID() }],
  join: () => ['join', { rtpCapabilities: browserCapabilities() }],
  'produce mic': (page) => ['produce', page.producing('mic', { transportId: page.sendId || randomUUID() })],
  'produce webcam': (page) => [
    'produce',
    page.producing('webcam', { transportId: page.sendId || randomUUID() }),
  ],
  'produce screen': (page) => [
    'produce',
    page.producing('screen', { transportId: page.sendId || randomUUID() }),
  ],
  'producer.pause': () => ['producer.pause', { producerId: randomUUID() }],
  'producer.resume': () => ['producer.resume', { producerId: randomUUID() }],
  'producer.close': () => ['producer.close', { producerId: randomUUID() }],
  stats: () => ['stats', {}],
};

/**
 * The whole matrix, written a second time: what is not named here must be refused. A deed that is allowed may still
 * fail for another reason (a producer that is not there), but not with STEP_NOT_ALLOWED for the state.
 */
const ALLOWED = new Set([
  ...ROLES.flatMap((role) => [
    `connected ${role} capabilities`,
    `prepared ${role} transport.create`,
    ...['prepared', 'joined'].flatMap((state) => [
      `${state} ${role} transport.connect`,
      `${state} ${role} transport.restart-ice`,
      `${state} ${role} stats`,
    ]),
    `prepared ${role} join`,
    `joined ${role} produce mic`,
    `joined ${role} produce webcam`,
    `joined ${role} producer.pause`,
    `joined ${role} producer.resume`,
    `joined ${role} producer.close`,
  ]),
  'joined staff produce screen',
]);

async function pageIn(state: PeerState, role: Role, deed: Deed): Promise<FakePage> {
  const page = new RoomScene().seat('one', role);
  if (state === 'connected') return page;
  // A page that may still make its send route has not made one.
  if (state === 'prepared' && deed === 'transport.create') await page.ask('capabilities');
  else if (state === 'prepared') await page.prepare();
  else await page.joinRoom();
  if (state === 'left') page.seat?.leave();
  return page;
}

const matrix = STATES.flatMap((state) =>
  ROLES.flatMap((role) => (Object.keys(FRAMES) as Deed[]).map((deed) => [state, role, deed] as const)),
);

test.each(matrix)(
  'in state %s a %s is allowed "%s" only if the matrix says so',
  async (state, role, deed) => {
    const page = await pageIn(state, role, deed);
    const outcome = await page.ask(...FRAMES[deed](page)).then(
      () => 'done',
      (error: { code?: string }) => error.code ?? 'an error without a code',
    );
    const refused = role === 'client' && deed === 'produce screen' ? 'ACCESS_DENIED' : 'STEP_NOT_ALLOWED';
    if (!ALLOWED.has(`${state} ${role} ${deed}`)) expect(outcome).toBe(refused);
    else expect(outcome).toBe(deed.startsWith('producer.') ? 'NOT_FOUND' : 'done');
  },
);
