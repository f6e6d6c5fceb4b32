import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunningClient, send, startInstance } from './instance';

const CLIENTS = 20;
const CANARY = 'xylophone-quartz-marmalade';

interface Sent {
  readonly clientMsgId: string;
  readonly text: string;
  acked?: number;
}

/** Sends one message after the other until told to stop. What was not acknowledged is sent again first, as a page does. */
async function chatter(client: RunningClient, sent: Sent[], isOn: () => boolean): Promise<void> {
  const socket = await client.socket();
  while (isOn() && socket.connected) {
    const open = sent.find(({ acked }) => acked === undefined);
    const message = open ?? { clientMsgId: randomUUID(), text: `${CANARY} ${sent.length}` };
    if (open === undefined) sent.push(message);
    const seq = await send(socket, client.intakeId, message.text, message.clientMsgId);
    if (seq !== undefined) message.acked = seq;
    await sleep(20);
  }
  socket.close();
}

test('kill -9 under twenty sending clients: no acknowledged message is lost, doubled or out of order, and none is readable at rest', async () => {
  const first = await startInstance();
  const clients = Array.from({ length: CLIENTS }, () => new RunningClient(first.address));
  for (const [i, client] of clients.entries()) await client.start('juniper-clinic', `${CANARY} Person ${i}`);
  const sent: Sent[][] = clients.map(() => []);

  let isOn = true;
  const sending = clients.map((client, i) => chatter(client, sent[i] ?? [], () => isOn));
  await sleep(3_000);
  process.kill(first.apiPid, 'SIGKILL');
  await first.ended;
  isOn = false;
  await Promise.all(sending);
  const acked = sent.flat().filter((message) => message.acked !== undefined).length;
  expect(acked).toBeGreaterThan(CLIENTS * 3);
  await first.force();

  const second = await startInstance(first.home);
  for (const client of clients) client.moveTo(second.address);
  isOn = true;
  const again = clients.map((client, i) => chatter(client, sent[i] ?? [], () => isOn));
  await sleep(2_000);
  isOn = false;
  await Promise.all(again);

  for (const [i, client] of clients.entries()) {
    const kept = await client.messages();
    expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, n) => n + 1));
    const numbers = new Map(kept.map(({ clientMsgId, seq }) => [clientMsgId, seq]));
    expect(numbers.size).toBe(kept.length);
    const inOrder = (sent[i] ?? []).filter(({ acked: seq }) => seq !== undefined);
    expect(inOrder.map(({ clientMsgId }) => numbers.get(clientMsgId))).toEqual(
      inOrder.map(({ acked: seq }) => seq),
    );
    expect(kept.map(({ text }) => text)).toEqual(
      (sent[i] ?? []).slice(0, kept.length).map(({ text }) => text),
    );
  }

  await second.stop();
  // As root the cluster stands where PostgreSQL's own account can reach it; the home says where.
  const { folder } = JSON.parse(await readFile(join(first.home, 'postgres.json'), 'utf8')) as {
    folder: string;
  };
  const places = [...new Set([first.home, folder])];
  for (const place of places) expect(await filesWith(place, Buffer.from(CANARY))).toEqual([]);
  // The scan finds what stands in the clear: the folder has the names of the demo's queues.
  expect(await filesWith(folder, Buffer.from('Front desk'))).not.toEqual([]);
  for (const place of places) await rm(place, { recursive: true, force: true });
}, 180_000);

/** Returns the files below a folder that hold some bytes: tables, WAL, logs, everything. */
async function filesWith(folder: string, bytes: Buffer): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(bytes)) found.push(path);
  }
  return found;
}
