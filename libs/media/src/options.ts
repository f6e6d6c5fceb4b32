export interface MediaOptions {
  /** Path of the mediasoup-worker program. It need not be there yet: it is waited for. */
  readonly workerBin: string;
  /** Address to listen on. */
  readonly listenIp: string;
  /** Address or name that browsers are told, when it is not `listenIp`. */
  readonly announcedAddress?: string;
  /** The first worker's port, for UDP and TCP; each further worker takes the next one. 0: any free ones. */
  readonly port: number;
  /** How many workers; each uses one core. `workersFor` says how many suit a machine. */
  readonly workers: number;
}

/** Returns how many workers suit a machine: one core stays for Node and the database. */
export function workersFor(cores: number): number {
  return Math.max(1, cores - 1);
}
