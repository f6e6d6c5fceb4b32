import { Badge, ButtonLink, Card, EmptyState, Notice, useFormats, type Tone } from '@app/ui';
import type { Erasure } from '../protocol';
import { useTexts } from '../texts/use-texts';
import { shareGone, stateOf, type ErasureState } from './erasure-state';
import css from './erasure.module.css';

const TONES: Record<ErasureState, Tone> = { pending: 'info', effective: 'ok', overdue: 'danger' };

/** What was erased, the newest first. */
export function ErasureList({ erasures }: { erasures: readonly Erasure[] }) {
  const texts = useTexts();
  if (erasures.length === 0) return <EmptyState icon="check" title={texts.erasure.noErasures} />;
  return erasures.map((one) => <ErasureCard key={one.erasureId} one={one} />);
}

function ErasureCard({ one }: { one: Erasure }) {
  const texts = useTexts();
  const format = useFormats();
  const state = stateOf(one, Date.now());
  const file = `erasure-${one.intakeId}.tlog-proof`;
  const until = one.effectiveAt ?? one.unreadableBy;
  return (
    <Card className={css['card']} role="article" aria-label={`${texts.erasure[state]}, ${one.intakeId}`}>
      <div className={css['head']}>
        <h3 className={css['number']}>{one.intakeId}</h3>
        <Badge tone={TONES[state]}>{texts.erasure[state]}</Badge>
      </div>
      <p className={css['meta']}>
        {texts.erasure.requestedBy(one.requestedBy.name, texts.erasure.purposes[one.purpose] ?? one.purpose)}
      </p>
      <Line one={one} state={state} />
      {state === 'overdue' && <Notice tone="danger">{texts.erasure.overdueText}</Notice>}
      <div>
        <ButtonLink
          icon="download"
          href={`/api/officer/erasures/${one.erasureId}/certificate`}
          download={file}
          aria-label={texts.erasure.certificateOf(one.intakeId)}
          data-testid="certificate"
        >
          {texts.erasure.certificate}
        </ButtonLink>
      </div>
      <details className={css['details']}>
        <summary>{texts.erasure.certificateTitle}</summary>
        <p>{texts.erasure.certificateText(format.dateTime(one.erasedAt), format.dateTime(until))}</p>
        <p>{texts.erasure.certificateCheck}</p>
        <pre tabIndex={0}>
          <code>npm run verify -- {file} --vkey log.vkey</code>
        </pre>
      </details>
    </Card>
  );
}

/** Both dates on a line, and where between them today is. The words say the same without it. */
function Line({ one, state }: { one: Erasure; state: ErasureState }) {
  const texts = useTexts();
  const format = useFormats();
  const gone = `${Math.round(shareGone(one, Date.now()) * 100)}%`;
  const end = one.effectiveAt ?? one.unreadableBy;
  return (
    <div className={css['line']} data-state={state}>
      <div className={css['track']} aria-hidden>
        <span className={css['gone']} style={{ inlineSize: gone }} />
        {state === 'pending' && (
          <span className={css['now']} style={{ insetInlineStart: `clamp(1.5rem, ${gone}, 100% - 1.5rem)` }}>
            {texts.erasure.pointNow}
          </span>
        )}
      </div>
      <dl>
        <div>
          <dt>{texts.erasure.pointErased}</dt>
          <dd>
            <time dateTime={one.erasedAt}>{format.dateTime(one.erasedAt)}</time>
          </dd>
        </div>
        <div>
          <dt>{one.effectiveAt ? texts.erasure.pointEffective : texts.erasure.pointBackups}</dt>
          <dd>
            <time dateTime={end}>{format.dateTime(end)}</time>
          </dd>
        </div>
      </dl>
    </div>
  );
}
