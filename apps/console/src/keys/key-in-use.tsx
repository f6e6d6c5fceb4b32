import { Button, Card, Progress, useFormats } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import css from './keys.module.css';
import type { KeysState } from './shapes';

interface Props {
  keys: KeysState;
  busy: boolean;
  onChange: () => void;
  /** While a change goes on there is nothing to do but to look. */
  onLook: () => void;
}

/** The key that locks what is new: since when, until when, where it is kept; and how far a change has come. */
export function KeyInUse({ keys, busy, onChange, onLook }: Props) {
  const texts = useTexts();
  const format = useFormats();
  const active = keys.versions.find(({ state }) => state === 'active');
  if (active === undefined) return null;
  const here = active.dataKeys + active.secrets;
  const moving = keys.toMove > 0;
  return (
    <Card className={css['inUse']} role="region" aria-label={texts.keys.inUse}>
      <div className={css['head']}>
        <h2>{texts.keys.number(active.version)}</h2>
        {moving ? (
          <Button onClick={onLook}>{texts.keys.look}</Button>
        ) : (
          <Button look="primary" icon="lock" busy={busy} onClick={onChange}>
            {texts.keys.change}
          </Button>
        )}
      </div>
      {moving && (
        <div className={css['progress']} data-testid="key-progress">
          <Progress
            label={texts.keys.moving}
            value={here}
            max={here + keys.toMove}
            detail={texts.keys.movingDetail(format.number(here), format.number(here + keys.toMove))}
          />
          <p className={css['meta']}>{texts.keys.movingText}</p>
        </div>
      )}
      <dl className={css['facts']}>
        <div>
          <dt>{texts.keys.since}</dt>
          <dd>{format.dateTime(active.since)}</dd>
        </div>
        <div>
          <dt>{texts.keys.next}</dt>
          <dd>
            {keys.nextChangeAt !== undefined && format.dateTime(keys.nextChangeAt)}{' '}
            <span className={css['meta']}>({texts.keys.every(keys.epochDays)})</span>
          </dd>
        </div>
        <div>
          <dt>{texts.keys.keptIn}</dt>
          <dd>{texts.keys.kms[keys.kms]}</dd>
        </div>
        <div>
          <dt>{texts.keys.locks}</dt>
          <dd>
            {texts.keys.under(format.number(active.dataKeys), active.dataKeys, format.number(active.secrets))}
          </dd>
        </div>
      </dl>
    </Card>
  );
}
