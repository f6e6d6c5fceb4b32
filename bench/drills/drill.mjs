// @ts-check
// `npm run drill [-- NAME…]`: does what somebody may do who owns the database, on a real instance of its own in a temporary folder,
// and says who noticed, and when. Without a name: lists them and plays all. Ends with 1 when one was not noticed.
import { runMain, say, Stop } from '../../infra/bootstrap/steps/places.mjs';
import { DRILLS } from './drills.mjs';

await runMain(import.meta.url, async () => {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !DRILLS.some((drill) => drill.name === name));
  if (unknown.length > 0)
    throw new Stop(
      `There is no drill ${unknown.join(', ')}. There are: ${DRILLS.map(({ name }) => name).join(', ')}.`,
    );
  for (const { name, does } of DRILLS) say(`${name.padEnd(10)}${does}`);
  /** @type {{ drill: string, noticed: boolean, ms?: number, by?: string }[]} */
  const results = [];
  for (const { name, does, play } of DRILLS) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`\n${name}: ${does}`);
    const noticed = await play((line) => say(`  done:     ${line}`));
    if (noticed) say(`  noticed:  ${noticed.says}\n  after:    ${noticed.ms} ms`);
    else say('  NOT NOTICED within a minute');
    results.push({
      drill: name,
      noticed: noticed !== undefined,
      ...(noticed && { ms: noticed.ms, by: noticed.says }),
    });
  }
  process.stdout.write(`${JSON.stringify({ drills: results })}\n`);
  return results.every(({ noticed }) => noticed) ? 0 : 1;
});
