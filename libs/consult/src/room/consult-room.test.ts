import { RoomScene, settled } from '../../testing/room';

let scene: RoomScene;
beforeEach(() => {
  scene = new RoomScene();
});

describe('what flows', () => {
  test('what one side sends reaches the other, and the page is told before media flows', async () => {
    const { staff, client } = await scene.twoPages();
    let acknowledge: (answer: { ok: boolean }) => void = () => undefined;
    client.acknowledge = () => new Promise((resolve) => (acknowledge = resolve));
    const producerId = await staff.produce('webcam');
    await settled();
    const consumers = () => scene.router.transports.flatMap((transport) => [...transport.consumers.values()]);
    expect(client.heard('consumer.new')).toMatchObject([
      { producerId, peerId: 'staff-1', kind: 'video', source: 'webcam', paused: false },
    ]);
    expect(consumers().map((consumer) => consumer.isPaused)).toEqual([true]);
    acknowledge({ ok: true });
    await settled();
    expect(consumers().map((consumer) => consumer.isPaused)).toEqual([false]);
  });

  test('who joins later receives what is sent already', async () => {
    const staff = scene.seat('staff-1', 'staff');
    await staff.joinRoom();
    await staff.produce('mic');
    const client = scene.seat('client-1', 'client');
    expect(await client.joinRoom()).toEqual({
      peers: [{ peerId: 'staff-1', role: 'staff', name: 'staff-1' }],
    });
    await settled();
    expect(client.heard('consumer.new')).toHaveLength(1);
    expect(staff.heard('peer.joined')).toEqual([{ peerId: 'client-1', role: 'client', name: 'client-1' }]);
  });

  test('nobody receives their own', async () => {
    const { staff } = await scene.twoPages();
    await staff.produce('mic');
    await settled();
    expect(staff.heard('consumer.new')).toEqual([]);
  });

  test('a page that cannot take a consumer goes without it', async () => {
    const { staff, client } = await scene.twoPages();
    client.acknowledge = () => Promise.resolve({ ok: false });
    await staff.produce('mic');
    await settled();
    expect(scene.router.transports.flatMap((transport) => [...transport.consumers.values()])).toEqual([]);
  });

  test('muting and unmuting is done by the server and told to the other side', async () => {
    const { staff, client } = await scene.twoPages();
    const producerId = await staff.produce('mic');
    await settled();
    await staff.ask('producer.pause', { producerId });
    await staff.ask('producer.resume', { producerId });
    const [consumer] = client.heard('consumer.new');
    expect(client.heard('consumer.paused')).toEqual([{ consumerId: consumer?.['consumerId'] }]);
    expect(client.heard('consumer.resumed')).toEqual([{ consumerId: consumer?.['consumerId'] }]);
  });

  test('what changed before the page knew of a consumer is told right after', async () => {
    const { staff, client } = await scene.twoPages();
    let acknowledge: (answer: { ok: boolean }) => void = () => undefined;
    client.acknowledge = () => new Promise((resolve) => (acknowledge = resolve));
    const producerId = await staff.produce('mic');
    await settled();
    await staff.ask('producer.pause', { producerId });
    expect(client.heard('consumer.paused')).toEqual([]);
    acknowledge({ ok: true });
    await settled();
    expect(client.heard('consumer.paused')).toHaveLength(1);
  });

  test('what is closed before the page knew of it is taken back right after', async () => {
    const { staff, client } = await scene.twoPages();
    let acknowledge: (answer: { ok: boolean }) => void = () => undefined;
    client.acknowledge = () => new Promise((resolve) => (acknowledge = resolve));
    const producerId = await staff.produce('mic');
    await settled();
    await staff.ask('producer.close', { producerId });
    acknowledge({ ok: true });
    await settled();
    expect(client.heard('consumer.closed')).toHaveLength(1);
  });

  test('a source that was closed can be sent again', async () => {
    const { staff, client } = await scene.twoPages();
    const producerId = await staff.produce('screen');
    await settled();
    await staff.ask('producer.close', { producerId });
    expect(client.heard('consumer.closed')).toHaveLength(1);
    await staff.produce('screen', {
      rtpParameters: { ...(staff.producing('screen') as { rtpParameters: object }).rtpParameters, mid: '9' },
    });
    await settled();
    expect(client.heard('consumer.new')).toHaveLength(2);
  });
});

describe('coming and going', () => {
  test('a client who was not admitted gets no seat, and no media is made for them', () => {
    const page = { peerId: 'c', role: 'client', name: 'c' } as const;
    const link = {
      ...page,
      request: () => Promise.resolve({ ok: true }),
      notify: () => undefined,
      close: () => undefined,
    };
    expect(() => scene.room.join(link)).toThrow(expect.objectContaining({ code: 'STEP_NOT_ALLOWED' }));
    expect(scene.router.rooms.size).toBe(0);
  });

  test('who leaves is taken out at once, and the others are told', async () => {
    const { staff, client } = await scene.twoPages();
    await client.produce('webcam');
    await settled();
    client.seat?.leave();
    client.seat?.leave();
    expect(scene.router.transports.map((transport) => transport.id).sort()).toEqual(
      [staff.sendId, staff.recvId].sort(),
    );
    expect(staff.heard('consumer.closed')).toHaveLength(1);
    expect(staff.heard('peer.left')).toEqual([{ peerId: 'client-1', role: 'client', name: 'client-1' }]);
    expect(scene.room.peerIds).toEqual(['staff-1']);
  });

  test('a second connection of the same person ends the first', async () => {
    const { staff, client } = await scene.twoPages();
    const again = scene.seat('client-1', 'client');
    expect(client.heard('consult.ended')).toEqual([{ by: 'system' }]);
    expect(client.isClosed).toBe(true);
    await again.joinRoom();
    client.seat?.leave();
    expect(staff.heard('peer.joined')).toHaveLength(2);
    expect(scene.room.peerIds).toEqual(['staff-1', 'client-1']);
  });

  test('the end is told to all, closes all media, and lets nobody in again', async () => {
    const { staff, client } = await scene.twoPages();
    scene.room.end('staff');
    await settled();
    for (const page of [staff, client]) {
      expect(page.heard('consult.ended')).toEqual([{ by: 'staff' }]);
      expect(page.isClosed).toBe(true);
    }
    expect(scene.router.rooms.size).toBe(0);
    expect(() => scene.seat('staff-1', 'staff')).toThrow(
      expect.objectContaining({ code: 'STEP_NOT_ALLOWED' }),
    );
  });

  test('media that was still being opened when the consult ended is closed', async () => {
    const staff = scene.seat('staff-1', 'staff');
    const asked = staff.ask('capabilities');
    scene.room.end('staff');
    await expect(asked).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
    await settled();
    expect(scene.router.rooms.size).toBe(0);
  });
});

describe('when the media server dies', () => {
  test('everybody is told, and can build the call again on the same seat', async () => {
    const { staff, client } = await scene.twoPages();
    await staff.produce('mic');
    await settled();
    scene.router.die();
    for (const page of [staff, client]) expect(page.heard('room.lost')).toEqual([{ reason: 'worker-died' }]);
    await client.joinRoom();
    await staff.joinRoom();
    await staff.produce('mic');
    await settled();
    expect(client.heard('consumer.new')).toHaveLength(2);
  });

  test('the old routes are nobody’s any more', async () => {
    const { staff } = await scene.twoPages();
    const old = staff.sendId;
    scene.router.die();
    await staff.joinRoom();
    await expect(staff.ask('transport.restart-ice', { transportId: old })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('a room that cannot be opened can be asked for again', async () => {
    const staff = scene.seat('staff-1', 'staff');
    scene.router.setStatus('preparing');
    await expect(staff.ask('capabilities')).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
    scene.router.setStatus('ready');
    await staff.joinRoom();
  });
});
