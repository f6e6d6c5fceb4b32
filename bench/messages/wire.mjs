// @ts-check
// A page's socket as the generator of load needs it: Socket.IO's text frames over a plain websocket, written by hand, so
// that one process can play 400 pages and is not what is measured. Only what our server sends is understood.
import { randomBytes } from 'node:crypto';
import net from 'node:net';

const OPEN_LIMIT_MS = 20_000;
const CLOSE = 8;

/**
 * @typedef {object} Wire
 * @property {(event: string, body: object, acknowledged: (answer: any) => void) => void} ask
 * @property {(event: string, heard: (body: any) => void) => void} on
 * @property {() => void} close
 */

/**
 * Opens a socket at `/socket`, namespace `/`.
 * @param {string} address  of the server: http://HOST:PORT
 * @param {object} auth     what the handshake carries
 * @returns {Promise<Wire>}
 * @throws {Error} when the server refuses, or says nothing for 20 s. A connection that breaks later ends the program.
 */
export function openWire(address, auth) {
  const { hostname, port, host } = new URL(address);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  /** @type {Map<string, (body: any) => void>} */
  const listeners = new Map();
  let asked = 0;
  let closed = false;

  /** @type {Wire} */
  const wire = {
    ask(event, body, acknowledged) {
      const id = asked++;
      waiting.set(id, acknowledged);
      socket.write(textFrame(`42${id}${JSON.stringify([event, body])}`));
    },
    on: (event, heard) => void listeners.set(event, heard),
    close() {
      closed = true;
      socket.destroy();
    },
  };

  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => fail(new Error('The server did not open a socket in time.')),
      OPEN_LIMIT_MS,
    );
    let open = false;
    const fail = (/** @type {Error} */ error) => {
      if (closed) return;
      wire.close();
      clearTimeout(late);
      if (!open) reject(error);
      else throw error;
    };
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('The server closed a socket.')));
    socket.write(
      `GET /socket/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${address}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );

    const packet = (/** @type {string} */ text) => {
      if (text === '2') socket.write(textFrame('3'));
      else if (text.startsWith('43')) {
        const bracket = text.indexOf('[');
        const id = Number(text.slice(2, bracket));
        const acknowledged = waiting.get(id);
        waiting.delete(id);
        acknowledged?.(JSON.parse(text.slice(bracket))[0]);
      } else if (text.startsWith('42')) {
        const [event, body] = JSON.parse(text.slice(2));
        listeners.get(event)?.(body);
      } else if (text.startsWith('40')) {
        open = true;
        clearTimeout(late);
        resolve(wire);
      } else if (text.startsWith('0')) socket.write(textFrame(`40${JSON.stringify(auth)}`));
      else fail(new Error(`The server refused a socket: ${text}`));
    };
    const frames = frameReader(packet, () => fail(new Error('The server ended a socket.')));
    /** @type {Buffer | undefined} */
    let head = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      if (head === undefined) return frames(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const status = head.toString('latin1', 0, head.indexOf('\r\n'));
      if (!status.startsWith('HTTP/1.1 101')) return fail(new Error(`The server answered ${status}`));
      const rest = head.subarray(end + 4);
      head = undefined;
      if (rest.length > 0) frames(rest);
    });
  });
}

/** A client's frame is masked (RFC 6455, 5.3). The mask is zero: the server undoes it all the same. @param {string} text */
function textFrame(text) {
  const length = Buffer.byteLength(text);
  if (length > 65_535) throw new Error('longer than this generator sends');
  const long = length > 125;
  const frame = Buffer.alloc((long ? 8 : 6) + length);
  frame[0] = 0x81;
  frame[1] = 0x80 | (long ? 126 : length);
  if (long) frame.writeUInt16BE(length, 2);
  frame.write(text, long ? 8 : 6);
  return frame;
}

/**
 * @param {(text: string) => void} onText  hears each text frame
 * @param {() => void} onClose
 * @returns {(chunk: Buffer) => void}
 */
function frameReader(onText, onClose) {
  /** @type {Buffer} */
  let held = Buffer.alloc(0);
  return (chunk) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (bytes.length - at >= 2) {
      const kind = bytes.readUInt8(at) & 0x0f;
      const short = bytes.readUInt8(at + 1) & 0x7f;
      const header = short === 126 ? 4 : 2;
      if (short === 127) throw new Error('The server sent a frame that is longer than any of its answers.');
      if (bytes.length - at < header) break;
      const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
      if (bytes.length - at < header + length) break;
      if (kind === CLOSE) onClose();
      else if (kind === 1) onText(bytes.toString('utf8', at + header, at + header + length));
      at += header + length;
    }
    held = bytes.subarray(at);
  };
}
