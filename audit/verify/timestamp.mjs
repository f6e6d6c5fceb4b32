// Time stamps of RFC 3161. Not checked yet: a bundle that holds one is refused.

/**
 * @param {{token: Uint8Array, imprint: Uint8Array, caPem?: string}} _stamp
 * @param {import('./primitives.mjs').Primitives} _primitives
 * @returns {{time: string}}
 */
export function checkTimestamp(_stamp, _primitives) {
  throw new Error('this program does not check time stamps');
}
