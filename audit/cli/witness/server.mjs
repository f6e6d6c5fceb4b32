// @ts-check
import { createServer } from 'node:http';
import { judge } from './judge.mjs';
import { cosign } from './note.mjs';

/** A checkpoint with a hundred signatures and the longest proof is well below it. */
const MAX_BODY = 64 * 1024;
const MAX_CONNECTIONS = 256;

/**
 * Returns the witness's HTTP server, not yet listening.
 * @param {import('./config.mjs').Config} config
 * @param {import('./store.mjs').Store} store
 * @param {(line: object) => void} log hears of each answer to a known log
 */
export function witnessServer({ name, prefix, logs }, store, log) {
  const key = store.key();
  const server = createServer((request, response) => {
    if (request.url !== `${prefix}/add-checkpoint`) return answer(response, 404, 'no such address\n');
    if (request.method !== 'POST') return answer(response, 405, 'POST\n', { Allow: 'POST' });
    /** @type {Buffer[]} */
    const chunks = [];
    let length = 0;
    request.on('data', (/** @type {Buffer} */ chunk) => {
      length += chunk.length;
      if (length <= MAX_BODY) chunks.push(chunk);
      else if (!response.headersSent) answer(response, 413, 'too large\n', { Connection: 'close' });
    });
    request.on('end', () => {
      if (length > MAX_BODY) return;
      try {
        addCheckpoint(Buffer.concat(chunks), response);
      } catch (error) {
        log({ status: 500, error: error instanceof Error ? error.message : 'unknown' });
        if (!response.headersSent) answer(response, 500, 'not kept, and not cosigned\n');
      }
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 75_000;
  return server;

  /** Looks, keeps and answers without a pause, so that of two requests one comes first. */
  function addCheckpoint(
    /** @type {Buffer} */ body,
    /** @type {import('node:http').ServerResponse} */ response,
  ) {
    const text = utf8(body);
    if (text === undefined) return answer(response, 400, 'not UTF-8\n');
    const verdict = judge(text, logs, (origin) => store.latest(origin));
    const { status, origin = '', note = '', checkpoint } = verdict;
    if (checkpoint === undefined) {
      if (verdict.evidence !== undefined) store.keepEvidence(origin, note, verdict.evidence);
      if (origin !== '') log({ status, origin, ...(verdict.evidence && { evidence: verdict.evidence }) });
      return answer(response, status, verdict.body ?? '', { 'Content-Type': verdict.type ?? 'text/plain' });
    }
    store.keep(origin, note);
    const line = cosign(checkpoint, name, key, Math.floor(Date.now() / 1000));
    log({ status, origin, size: checkpoint.size });
    return answer(response, 200, line);
  }
}

/**
 * @param {import('node:http').ServerResponse} response @param {number} status @param {string} body
 * @param {Record<string, string>} headers
 */
function answer(response, status, body, headers = {}) {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** @param {Buffer} bytes @returns {string | undefined} */
function utf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
