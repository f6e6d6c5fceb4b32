// Loaded before a program (node --import): says at its end, as the last line of stderr, how much memory
// it had at most and how long the processor worked for it.
import { writeSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const said = { peakMiB: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeSync(2, `${JSON.stringify(said)}\n`);
});
