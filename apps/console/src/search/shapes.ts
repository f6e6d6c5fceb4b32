import type { Text } from '@app/ui';
import type { Queue } from '../protocol';

/** The shapes of `docs/PROTOCOL.md` that only a search has. */
export interface Search {
  searchId: string;
  requestedAt: string;
  keptUntil: string;
  match: 'phrase' | 'all-words';
  purpose?: 'LEGAL' | 'DSAR';
  from: string;
  to: string;
  queue?: Queue;
  intakeId?: string;
  state: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';
  conversations: number;
  progress: { done: number; total: number };
  hits: number;
  found: number;
  erased: number;
  unreadable: number;
  capped: boolean;
}

/** With its words, which only its owner is shown. */
export interface MySearch extends Search {
  words: string;
}

export interface MySearches {
  searches: MySearch[];
  queues: Queue[];
}

export type Hit =
  | { intakeId: string; access: 'denied' }
  | {
      intakeId: string;
      access: 'allowed' | 'erased';
      messages: number;
      firstAt: string;
      lastAt: string;
      queue: Queue;
      topic: Text;
    };

export interface Span {
  from: number;
  to: number;
}

export interface MarkedMessage {
  seq: number;
  author: { kind: 'client' | 'staff' | 'system'; name?: string };
  text: string;
  event?: string;
  sentAt: string;
  marks: Span[];
}

export interface Context {
  intakeId: string;
  hits: number;
  shown: number;
  messages: MarkedMessage[];
}

/** What a new search asks for. */
export interface Asked {
  words: string;
  match: Search['match'];
  from: string;
  to: string;
  queueId?: string;
  intakeId?: string;
  purpose?: 'LEGAL' | 'DSAR';
}

export function isUnfinished({ state }: Search): boolean {
  return state === 'waiting' || state === 'running';
}
