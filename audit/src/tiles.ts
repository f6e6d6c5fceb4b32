import type { NodeSource } from './prove';
import { HASH_BYTES, nodeHash } from './tree';

/** Hashes in a full tile, and levels of the tree in one (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** A tile: `width` hashes of the tree's level `8 * level`, from number `256 * index` on. Full when `width` is 256. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Returns a tile's path, such as `tile/0/x001/234` or `tile/1/000.p/5` (C2SP tlog-tiles). */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${threeDigitGroups(index)}${partSuffix(width)}`;
}

/** Returns the path of the bundle of entries under a tile of level 0. */
export function entriesPath(index: number, width: number): string {
  return `tile/entries/${threeDigitGroups(index)}${partSuffix(width)}`;
}

/** Returns all tiles of a log of `size` leaves, the lowest level first; the last of a level may be partial. */
export function tilesOf(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    for (let index = 0; index * TILE_WIDTH < count; index += 1) {
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) });
    }
  }
  return tiles;
}

/**
 * Returns a source of nodes that reads tiles.
 *
 * @param readTile - returns the tile's hashes one after another, at least as many as the log has there.
 * @throws RangeError (from the source) if a tile is shorter than the node needs.
 */
export function nodesFromTiles(readTile: (level: number, index: number) => Promise<Uint8Array>): NodeSource {
  return async (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const width = 2 ** (level % TILE_HEIGHT);
    const first = index * width;
    const tile = await readTile(tileLevel, Math.floor(first / TILE_WIDTH));
    const from = (first % TILE_WIDTH) * HASH_BYTES;
    const to = from + width * HASH_BYTES;
    if (tile.length < to)
      throw new RangeError(`tile ${tileLevel}/${Math.floor(first / TILE_WIDTH)} is too short`);
    return fold(Buffer.from(tile.subarray(from, to)));
  };
}

function fold(hashes: Buffer): Buffer {
  if (hashes.length === HASH_BYTES) return hashes;
  const half = hashes.length / 2;
  return nodeHash(fold(hashes.subarray(0, half)), fold(hashes.subarray(half)));
}

function threeDigitGroups(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

function partSuffix(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}
