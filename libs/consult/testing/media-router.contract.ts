import type { MediaRoom, MediaRouter, MediaTransport } from '../src/media-router';
import { aCamera, aFingerprint, aMicrophone, browserCapabilities } from './rtp';

/** One media router under test, and how to end the process that its rooms live in. */
export interface MediaRouterUnderTest {
  readonly router: MediaRouter;
  killMedia(): Promise<void> | void;
  close(): Promise<void> | void;
}

/** The rules that every media router keeps: the tests of consults lean on the fake, so the real one must agree. */
export function mediaRouterContract(name: string, make: () => Promise<MediaRouterUnderTest>): void {
  describe(`the media router contract, kept by ${name}`, () => {
    let subject: MediaRouterUnderTest;
    let room: MediaRoom;
    let send: MediaTransport;
    let recv: MediaTransport;
    const capabilities = browserCapabilities();

    beforeAll(async () => {
      subject = await make();
    });
    afterAll(() => subject.close());
    beforeEach(async () => {
      room = await subject.router.openRoom();
      send = await room.openTransport('send');
      recv = await room.openTransport('recv');
    });
    afterEach(() => room.close());

    const camera = () => send.produce({ kind: 'video', rtpParameters: aCamera(), paused: false });

    test('it is ready', () => {
      expect(subject.router.status).toBe('ready');
    });

    test('a room offers Opus and VP8, and neither H264 nor AV1', () => {
      const offered = room.rtpCapabilities.codecs.map((codec) => codec.mimeType.toLowerCase());
      expect(offered).toEqual(expect.arrayContaining(['audio/opus', 'video/vp8']));
      expect(offered).not.toEqual(expect.arrayContaining([expect.stringMatching(/h264|av1|h265|vp9/)]));
    });

    test('a transport says how to reach it', () => {
      expect(send.iceParameters.password).not.toBe('');
      expect(send.iceCandidates.length).toBeGreaterThan(0);
      expect(send.dtlsParameters.fingerprints.length).toBeGreaterThan(0);
      expect(send.id).not.toBe(recv.id);
    });

    test('a transport is connected once', async () => {
      await send.connect(aFingerprint());
      await expect(send.connect(aFingerprint())).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
    });

    test('a transport is not connected without a fingerprint', async () => {
      await expect(send.connect({ fingerprints: [] })).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
    });

    test('an ICE restart gives new credentials', async () => {
      const renewed = await send.restartIce();
      expect(renewed.password).not.toBe(send.iceParameters.password);
    });

    test('what is produced can be consumed in the same room, with its own parameters', async () => {
      const producer = await camera();
      const consumer = await recv.consume({ producerId: producer.id, rtpCapabilities: capabilities });
      expect(consumer).toMatchObject({ kind: 'video' });
      expect(consumer?.rtpParameters.codecs[0]?.mimeType).toMatch(/vp8/i);
      await consumer?.resume();
    });

    test('a producer pauses and goes on', async () => {
      const producer = await camera();
      await producer.pause();
      await producer.resume();
    });

    test('a producer of another room cannot be consumed', async () => {
      const producer = await camera();
      const other = await subject.router.openRoom();
      const elsewhere = await other.openTransport('recv');
      const got = await elsewhere.consume({ producerId: producer.id, rtpCapabilities: capabilities });
      other.close();
      expect(got).toBeUndefined();
    });

    test('a producer that is closed cannot be consumed', async () => {
      const producer = await camera();
      producer.close();
      expect(await recv.consume({ producerId: producer.id, rtpCapabilities: capabilities })).toBeUndefined();
    });

    test('capabilities without the codec get no consumer', async () => {
      const producer = await camera();
      const deaf = { ...capabilities, codecs: capabilities.codecs.filter((codec) => codec.kind === 'audio') };
      expect(await recv.consume({ producerId: producer.id, rtpCapabilities: deaf })).toBeUndefined();
    });

    test('a transport has one direction', async () => {
      const producer = await camera();
      const wrongWay = recv.produce({ kind: 'audio', rtpParameters: aMicrophone(), paused: false });
      await expect(wrongWay).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
      await expect(
        send.consume({ producerId: producer.id, rtpCapabilities: capabilities }),
      ).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
    });

    test('a codec that the room does not have is refused', async () => {
      const h264 = { ...aCamera(), codecs: [{ mimeType: 'video/H264', payloadType: 96, clockRate: 90_000 }] };
      await expect(send.produce({ kind: 'video', rtpParameters: h264, paused: false })).rejects.toMatchObject(
        { code: 'INPUT_MALFORMED' },
      );
    });

    test('the same stream twice is refused', async () => {
      await send.produce({ kind: 'audio', rtpParameters: aMicrophone('0'), paused: false });
      await expect(
        send.produce({ kind: 'audio', rtpParameters: aMicrophone('0'), paused: false }),
      ).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
    });

    test('stats of a transport begin at nothing', async () => {
      expect(await send.stats()).toMatchObject({ direction: 'send', connected: false, bytesSent: 0 });
    });

    test('a closed transport answers nothing', async () => {
      send.close();
      await expect(camera()).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
      await expect(send.stats()).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
    });

    test('closing a room is not losing it', async () => {
      let lost = 0;
      room.onLost(() => lost++);
      room.close();
      await expect(room.openTransport('send')).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
      expect(lost).toBe(0);
    });

    test('when the media process dies every room is lost once, and a new one can be opened', async () => {
      const lost = new Promise<void>((resolve) => room.onLost(resolve));
      await subject.killMedia();
      await lost;
      await expect(room.openTransport('send')).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
      const next = await subject.router.openRoom();
      expect((await next.openTransport('recv')).direction).toBe('recv');
      next.close();
    });
  });
}
