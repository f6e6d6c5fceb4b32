/** The shapes of `docs/PROTOCOL.md` that only the page of the keys has. */
export interface KeyVersion {
  version: number;
  state: 'active' | 'decrypt-only' | 'destroyed';
  since: string;
  replacedAt?: string;
  destroyAt?: string;
  destroyedAt?: string;
  dataKeys: number;
  secrets: number;
}

export interface KeysState {
  kms: 'file' | 'memory' | 'pkcs11' | 'vault' | 'aws';
  /** Newest first. */
  versions: KeyVersion[];
  epochDays: number;
  backupDays: number;
  destroyDelayDays: number;
  toMove: number;
  nextChangeAt?: string;
}
