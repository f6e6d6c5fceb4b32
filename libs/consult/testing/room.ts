import type { Clock } from '@app/kernel';
import { ConsultRoom, type Seat } from '../src/room/consult-room';
import type { PeerLink } from '../src/room/peer';
import type { Role } from '../src/room/rules';
import { FakeMediaRouter } from './fake-media-router';
import { aCamera, aFingerprint, aMicrophone, browserCapabilities } from './rtp';

type Told = { event: string; body: Record<string, unknown> };

/** A page on the other end of a seat: it remembers what it was told, and acknowledges at once unless told otherwise. */
export class FakePage implements PeerLink {
  readonly told: Told[] = [];
  isClosed = false;
  /** What `request` answers; replace it to hold an acknowledgement back. */
  acknowledge: () => Promise<{ ok: boolean }> = () => Promise.resolve({ ok: true });
  seat: Seat | undefined;
  sendId = '';
  recvId = '';

  constructor(
    readonly peerId: string,
    readonly role: Role,
    readonly name = peerId,
  ) {}

  request(event: string, body: object): Promise<{ ok: boolean }> {
    this.told.push({ event, body: body as Record<string, unknown> });
    return this.acknowledge();
  }

  notify(event: string, body: object): void {
    this.told.push({ event, body: body as Record<string, unknown> });
  }

  close(): void {
    this.isClosed = true;
  }

  /** What this page was told of one event. */
  heard(event: string): Record<string, unknown>[] {
    return this.told.filter((told) => told.event === event).map((told) => told.body);
  }

  async ask(event: string, body: unknown = {}): Promise<Record<string, unknown>> {
    if (this.seat === undefined) throw new Error('this page has no seat');
    return (await this.seat.handle(event, body)) as Record<string, unknown>;
  }

  /** Everything up to having both routes. */
  async prepare(): Promise<this> {
    await this.ask('capabilities');
    this.sendId = String((await this.ask('transport.create', { direction: 'send' }))['id']);
    this.recvId = String((await this.ask('transport.create', { direction: 'recv' }))['id']);
    return this;
  }

  async joinRoom(): Promise<Record<string, unknown>> {
    await this.prepare();
    return this.ask('join', { rtpCapabilities: browserCapabilities() });
  }

  /** Sends a source and returns the producer's id. */
  async produce(source: 'mic' | 'webcam' | 'screen', more: object = {}): Promise<string> {
    const answer = await this.ask('produce', this.producing(source, more));
    return String(answer['producerId']);
  }

  producing(source: 'mic' | 'webcam' | 'screen', more: object = {}): object {
    return {
      transportId: this.sendId,
      kind: source === 'mic' ? 'audio' : 'video',
      source,
      rtpParameters: source === 'mic' ? aMicrophone() : aCamera(source === 'webcam' ? '1' : '2'),
      ...more,
    };
  }

  connecting(transportId = this.sendId): object {
    return { transportId, dtlsParameters: aFingerprint() };
  }
}

/** A room over the fake media router, and a clock that stands until it is moved. */
export class RoomScene {
  readonly router = new FakeMediaRouter();
  nowMs = Date.UTC(2026, 0, 5, 9);
  readonly clock: Clock = { now: () => new Date(this.nowMs) };
  readonly room = new ConsultRoom(this.router, this.clock);

  /** A page with a seat; a client is admitted first. */
  seat(peerId: string, role: Role): FakePage {
    if (role === 'client') this.room.admitClient();
    const page = new FakePage(peerId, role);
    page.seat = this.room.join(page);
    return page;
  }

  /** Both sides, joined. */
  async twoPages(): Promise<{ staff: FakePage; client: FakePage }> {
    const staff = this.seat('staff-1', 'staff');
    const client = this.seat('client-1', 'client');
    await staff.joinRoom();
    await client.joinRoom();
    return { staff, client };
  }
}

/** Lets everything that is under way with the fakes come to rest. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
