import { Tenants1764000000000 } from './1764000000000-tenants';
import { Keys1764000100000 } from './1764000100000-keys';
import { Audit1764000200000 } from './1764000200000-audit';
import { Staff1764000300000 } from './1764000300000-staff';
import { Desk1764000400000 } from './1764000400000-desk';
import { Intake1764000500000 } from './1764000500000-intake';
import { AppendMessage1764000600000 } from './1764000600000-append-message';
import { Identity1764000700000 } from './1764000700000-identity';
import { Consult1764000800000 } from './1764000800000-consult';
import { Exports1764000900000 } from './1764000900000-exports';
import { KeyEpochs1765000100000 } from './1765000100000-key-epochs';
import { KeyFences1765000110000 } from './1765000110000-key-fences';
import { Holds1765000200000 } from './1765000200000-holds';
import { Erasures1765000210000 } from './1765000210000-erasures';
import { Search1765000300000 } from './1765000300000-search';
import { Witnesses1765000400000 } from './1765000400000-witnesses';
import { LogGuards1765000500000 } from './1765000500000-log-guards';
import { TranscriptExports1765000600000 } from './1765000600000-transcript-exports';

/** Every change of the schema, in the one order that the whole house has. */
export const MIGRATIONS = [
  Tenants1764000000000,
  Keys1764000100000,
  Audit1764000200000,
  Staff1764000300000,
  Desk1764000400000,
  Intake1764000500000,
  AppendMessage1764000600000,
  Identity1764000700000,
  Consult1764000800000,
  Exports1764000900000,
  KeyEpochs1765000100000,
  KeyFences1765000110000,
  Holds1765000200000,
  Erasures1765000210000,
  Search1765000300000,
  Witnesses1765000400000,
  LogGuards1765000500000,
  TranscriptExports1765000600000,
];
