// Checks bundles that are in memory, so that thousands can be tried.

import { verifyBundle } from '../verify/bundle.mjs';
import { nodePrimitives } from '../verify/primitives.mjs';
import { checkTimestamp } from '../verify/timestamp.mjs';

/** @param {Uint8Array} zip @param {import('../verify/bundle.mjs').Given} [given] */
export function verified(zip, given = {}) {
  return verifyBundle(sourceOf(zip), given, { primitives: nodePrimitives, checkTimestamp });
}

/** @param {Uint8Array} bytes @returns {import('../verify/form/zip.mjs').Source} */
export function sourceOf(bytes) {
  return {
    size: bytes.length,
    read: (target, position) => target.set(bytes.subarray(position, position + target.length)),
  };
}
