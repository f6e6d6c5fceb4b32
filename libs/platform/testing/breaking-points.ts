import type { BreakingPoint } from './breaking-wire';

const INSERT = /INSERT INTO audit_pending/;
const PLACE = /DELETE FROM audit_pending/;
const CHECKPOINT = /INSERT INTO audit_checkpoint/;
/** Where a connection may break while something is recorded, sequenced and signed. */
export const POINTS: readonly BreakingPoint[] = [
  { name: 'before the act', when: 'before', statement: /^UPDATE intake_head SET version/ },
  { name: 'after the act, before its entry', when: 'before', statement: INSERT },
  { name: 'after the entry, before the commit', when: 'after', statement: INSERT },
  { name: 'at the commit of the act', when: 'before', statement: /^COMMIT/, following: INSERT },
  { name: 'after the commit, before the answer', when: 'after', statement: /^COMMIT/, following: INSERT },
  { name: 'at a roll-back', when: 'before', statement: /^ROLLBACK$/, following: INSERT },
  { name: 'before entries get their places', when: 'before', statement: PLACE },
  { name: 'between the places and the tree', when: 'after', statement: PLACE },
  { name: 'before the head of the log', when: 'before', statement: /^UPDATE audit_head/ },
  { name: 'after the head of the log', when: 'after', statement: /^UPDATE audit_head/ },
  { name: 'at the commit of the places', when: 'before', statement: /^COMMIT/, following: PLACE },
  { name: 'after sequencing, before the answer', when: 'after', statement: /^COMMIT/, following: PLACE },
  {
    name: 'after sequencing, before signing',
    when: 'before',
    statement: /FROM audit_head h\s+LEFT JOIN LATERAL/,
  },
  { name: 'after the state file, before the checkpoint', when: 'before', statement: CHECKPOINT },
  { name: 'after the checkpoint, before its commit', when: 'after', statement: CHECKPOINT },
  { name: 'at the commit of the checkpoint', when: 'before', statement: /^COMMIT/, following: CHECKPOINT },
  { name: 'after signing, before the answer', when: 'after', statement: /^COMMIT/, following: CHECKPOINT },
  {
    name: 'while it is looked whether a number is void',
    when: 'after',
    statement: /^ROLLBACK TO SAVEPOINT probe/,
  },
];
