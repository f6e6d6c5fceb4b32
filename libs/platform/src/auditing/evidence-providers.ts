import type { Clock } from '@app/kernel';
import { type EvidencePolicy, evidencePolicy } from '@app/policies';
import type { Provider } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import type { Config, TsaConfig } from '../config/config';
import { Database } from '../database/database';
import { Anchors, type Authority } from './anchoring/anchors';
import { loadCheckStamp } from './anchoring/timestamps';
import { Recorder } from './recording/recorder';
import { Witnesses } from './witnessing/witnesses';
import { WitnessWatch } from './witnessing/witness-watch';

/** Injection token: what `policies/governance/evidence.json` says. */
export const EVIDENCE_POLICY = Symbol('EVIDENCE_POLICY');

interface Around {
  readonly config: Config;
  /** Folder of the governance files. */
  readonly governance: string;
  /** Folder `audit/verify`. */
  readonly verifier: string;
  readonly clock: Clock;
  readonly fault: (what: string, error: unknown) => void;
  /** Token of the sequencer's pool. */
  readonly source: symbol;
}

/** What lets others vouch for the log: witnesses, and a time-stamping authority. Either may be absent. */
export function evidenceProviders({
  config,
  governance,
  verifier,
  clock,
  fault,
  source,
}: Around): Provider[] {
  const witnesses = config.witnesses ?? [];
  return [
    { provide: EVIDENCE_POLICY, useFactory: () => evidencePolicy(governance) },
    {
      provide: WitnessWatch,
      inject: [EVIDENCE_POLICY],
      useFactory: (policy: EvidencePolicy) => new WitnessWatch(policy, witnesses.length > 0, clock),
    },
    {
      provide: Witnesses,
      inject: [EVIDENCE_POLICY, WitnessWatch, source, Database, Recorder],
      useFactory: (
        policy: EvidencePolicy,
        watch: WitnessWatch,
        sequencerSource: DataSource,
        database: Database,
        recorder: Recorder,
      ) =>
        new Witnesses(witnesses, policy, watch, sequencerSource, database, recorder, clock, (error) =>
          fault('witnessing', error),
        ),
    },
    {
      provide: Anchors,
      inject: [EVIDENCE_POLICY, source, Database, Recorder],
      useFactory: async (
        policy: EvidencePolicy,
        sequencerSource: DataSource,
        database: Database,
        recorder: Recorder,
      ) => {
        const authority = config.tsa && (await authorityOf(config.tsa, verifier));
        return new Anchors(authority, policy, sequencerSource, database, recorder, clock, (error) =>
          fault('anchoring', error),
        );
      },
    },
  ];
}

/** @throws Error if the certificates cannot be read: the program does not start. */
async function authorityOf({ url, caFile }: TsaConfig, verifier: string): Promise<Authority> {
  return { url, caPem: await readFile(caFile, 'utf8'), check: loadCheckStamp(verifier) };
}
