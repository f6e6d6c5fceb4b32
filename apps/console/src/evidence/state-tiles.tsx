import { Badge, Card, Icon, type IconName, type Tone, useFormats } from '@app/ui';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/use-texts';
import { type Evidence, signingOf, stampingOf, witnessingOf } from './evidence';
import css from './evidence.module.css';

interface Props {
  evidence: Evidence;
  now: Date;
}

/** The three answers that an officer comes for. */
export function StateTiles({ evidence, now }: Props) {
  return (
    <div className={css['tiles']}>
      <Signed evidence={evidence} now={now} />
      <Witnessed evidence={evidence} now={now} />
      <Stamped evidence={evidence} now={now} />
    </div>
  );
}

function Signed({ evidence, now }: Props) {
  const words = useTexts().evidence;
  const format = useFormats();
  const { checkpoint, log } = evidence;
  const isLate = signingOf(evidence, now) === 'late';
  return (
    <Tile
      icon="lock"
      title={words.signedTitle}
      tone={isLate ? 'danger' : 'ok'}
      answer={checkpoint === undefined ? words.neverSigned : words.signed(format.number(checkpoint.size))}
    >
      {checkpoint !== undefined && <p>{words.signedAt(format.dateTime(checkpoint.signedAt))}</p>}
      <p>
        {isLate && log.unsignedSince !== undefined
          ? words.unsigned(format.dateTime(log.unsignedSince))
          : words.waiting}
      </p>
    </Tile>
  );
}

function Witnessed({ evidence, now }: Props) {
  const words = useTexts().evidence;
  const format = useFormats();
  const { witnesses, witnessed, policy } = evidence;
  const state = witnessingOf(evidence, now);
  const awaySince = witnesses.map((one) => one.awaySince ?? '').find((since) => since !== '');
  const tones = { none: 'warn', seen: 'ok', away: 'warn', held: 'danger', refused: 'danger' } as const;
  const answers: Record<typeof state, string> = {
    none: words.noWitness,
    seen: words.witnessed(format.number(witnessed)),
    away: words.witnessed(format.number(witnessed)),
    held: words.witnessed(format.number(witnessed)),
    refused: words.refusedTitle,
  };
  return (
    <Tile icon="people" title={words.witnessTitle} tone={tones[state]} answer={answers[state]}>
      {state === 'none' && <p>{words.noWitnessShort}</p>}
      {state === 'refused' && <p>{words.refusedShort}</p>}
      {state === 'held' && <p>{words.held}</p>}
      {state !== 'none' && awaySince !== undefined && <p>{words.awayShort(format.dateTime(awaySince))}</p>}
      {state !== 'none' && <p>{words.quorum(witnesses.length, policy.witnessQuorum)}</p>}
    </Tile>
  );
}

function Stamped({ evidence, now }: Props) {
  const words = useTexts().evidence;
  const format = useFormats();
  const { stamps, fault } = evidence.anchors;
  const state = stampingOf(evidence, now);
  const last = stamps.at(-1);
  const answer =
    state === 'none'
      ? words.noAuthority
      : last === undefined
        ? words.noStampYet
        : words.lastStamp(format.dateTime(last.at));
  return (
    <Tile
      icon="clock"
      title={words.stampTitle}
      tone={state === 'stamped' || state === 'first' ? 'ok' : 'warn'}
      answer={answer}
    >
      {state === 'none' && <p>{words.noAuthorityShort}</p>}
      {last !== undefined && <p>{words.stampOn(format.number(last.size))}</p>}
      {fault !== undefined && (
        <p>
          {words.stampFault(format.dateTime(fault.since))}{' '}
          {words.faults[fault.code] ?? words.faultOther(fault.code)}
        </p>
      )}
    </Tile>
  );
}

interface TileProps {
  icon: IconName;
  title: string;
  tone: Tone;
  answer: string;
  children: ReactNode;
}

const MARKS: Record<Tone, IconName> = { ok: 'check', info: 'info', warn: 'warning', danger: 'alert' };

function Tile({ icon, title, tone, answer, children }: TileProps) {
  return (
    <Card className={css['tile']}>
      <h2>
        <Icon name={icon} /> {title}
      </h2>
      <p className={css['answer']}>
        <Badge tone={tone}>
          <Icon name={MARKS[tone]} /> {answer}
        </Badge>
      </p>
      <div className={css['small']}>{children}</div>
    </Card>
  );
}
