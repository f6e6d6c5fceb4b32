// @ts-check
// What the two cameras of the story see: a drawn person before a drawn wall, who moves a little. Nobody real, and better
// to look at in a picture than the browser's own test card.
import { writeFileSync } from 'node:fs';

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 40;
const RATE = 20;

/** @typedef {[red: number, green: number, blue: number]} Colour */
/** @typedef {{ wall: Colour, shade: Colour, shelf: Colour, cloth: Colour, skin: Colour, hair: Colour }} Sitter */

/** @type {Sitter} */
export const CLIENT = {
  wall: [226, 214, 200],
  shade: [190, 172, 154],
  shelf: [148, 116, 92],
  cloth: [68, 96, 138],
  skin: [206, 150, 116],
  hair: [58, 40, 34],
};
/** @type {Sitter} */
export const STAFF = {
  wall: [206, 222, 220],
  shade: [160, 186, 184],
  shelf: [236, 240, 238],
  cloth: [32, 118, 112],
  skin: [150, 102, 74],
  hair: [30, 26, 30],
};

/**
 * Writes a film of two seconds that a browser plays again and again as its camera (YUV4MPEG2, 4:2:0).
 * @param {string} file @param {Sitter} sitter
 */
export function drawCamera(file, sitter) {
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    parts.push(Buffer.from('FRAME\n'), drawFrame(sitter, (frame / FRAMES) * 2 * Math.PI));
  }
  writeFileSync(file, Buffer.concat(parts));
}

/** @param {Sitter} sitter @param {number} phase  0 to 2π; the film ends where it begins */
function drawFrame(sitter, phase) {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  const size = (WIDTH / 2) * (HEIGHT / 2);
  const blue = Buffer.alloc(size);
  const red = Buffer.alloc(size);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [r, g, b] = colourAt(sitter, x, y, 5 * Math.sin(phase), 2 * Math.cos(phase));
      luma[y * WIDTH + x] = 0.299 * r + 0.587 * g + 0.114 * b;
      if (x % 2 === 0 && y % 2 === 0) {
        const at = (y / 2) * (WIDTH / 2) + x / 2;
        blue[at] = 128 - 0.1687 * r - 0.3313 * g + 0.5 * b;
        red[at] = 128 + 0.5 * r - 0.4187 * g - 0.0813 * b;
      }
    }
  }
  return Buffer.concat([luma, blue, red]);
}

/** @param {Sitter} sitter @param {number} x @param {number} y @param {number} sway @param {number} nod @returns {Colour} */
function colourAt({ wall, shade, shelf, cloth, skin, hair }, x, y, sway, nod) {
  const head = 318 + sway;
  const chin = 150 + nod;
  const inside = (
    /** @type {number} */ cx,
    /** @type {number} */ cy,
    /** @type {number} */ rx,
    /** @type {number} */ ry,
  ) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
  if (inside(head - 21, chin - 6, 5, 5) || inside(head + 21, chin - 6, 5, 5)) return hair;
  if (inside(head, chin + 30, 16, 5)) return mix(skin, [120, 40, 40], 0.5);
  if (inside(head, chin, 55, 70) && y > chin - 38 + Math.abs(x - head) * 0.25) return skin;
  if (inside(head, chin - 18, 70, 76) && y < chin + 46) return hair;
  const neck = Math.abs(x - head) < 26 && y > chin + 40 && y < chin + 78;
  if (neck || inside(head, chin + 78, 26, 15)) return mix(skin, hair, 0.12);
  if (inside(318 + sway / 2, 372, 176, 146)) return mix(cloth, [0, 0, 0], Math.abs(x - 318) / 900);
  if (x > 452 && x < 596 && y > 66 && y < 76) return shelf;
  if (x > 470 && x < 500 && y > 30 && y <= 66) return mix(cloth, wall, 0.45);
  if (x > 504 && x < 522 && y > 22 && y <= 66) return mix(hair, wall, 0.55);
  if (x > 46 && x < 166 && y > 34 && y < 178) return mix([238, 244, 248], wall, y / 400);
  return mix(wall, shade, y / HEIGHT);
}

/** @param {Colour} one @param {Colour} other @param {number} share @returns {Colour} */
function mix(one, other, share) {
  const at = (/** @type {0 | 1 | 2} */ i) => one[i] + (other[i] - one[i]) * share;
  return [at(0), at(1), at(2)];
}
