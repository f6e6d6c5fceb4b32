/** Where lines of the media server go that somebody should read. */
export interface MediaLog {
  warn(line: string): void;
  error(line: string): void;
}

/**
 * With libsrtp 2 a worker says this several times a second while it probes the bandwidth: a padding packet repeats a
 * number that has left the window. No media is lost by it, so it is counted and not printed.
 */
const REPLAY = /srtp_protect\(\) failed: .*replay/i;

/** Sorts what the workers say: passes lines on, counts the ones that mean nothing. */
export class WorkerLog {
  replays = 0;

  constructor(private readonly log: MediaLog) {}

  warn(line: string): void {
    if (REPLAY.test(line)) this.replays++;
    else this.log.warn(line);
  }

  error(line: string): void {
    this.log.error(line);
  }
}
