import type { Clock } from '@app/kernel';

type Write = (line: string) => void;

/** The program's log: JSON, a line each. No line holds an address of a browser. */
export function programLog(clock: Clock, write: Write) {
  const line = (level: string) => (message: string) =>
    write(`${JSON.stringify({ level, timestamp: clock.now().toISOString(), message })}\n`);
  return { log: line('log'), warn: line('warn'), error: line('error') };
}
