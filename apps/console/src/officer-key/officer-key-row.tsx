import { Badge, Button, Card, useFormats } from '@app/ui';
import { inGroups } from '../exports/signing-keys';
import type { OfficerKeys } from '../protocol';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import css from './officer-key.module.css';

interface Props {
  one: OfficerKeys;
  busy: boolean;
  onChange: () => void;
  onRemove: () => void;
  onDecide: (keyId: string, answer: 'confirm' | 'reject') => void;
}

/** One officer: the key that counts, and the change that waits for a second administrator. */
export function OfficerKeyRow({
  one: { officer, pinned, proposed },
  busy,
  onChange,
  onRemove,
  onDecide,
}: Props) {
  const words = useTexts().officerKeys;
  const format = useFormats();
  const { me } = useSession();
  const own = proposed?.proposedBy.id === me.staffId;
  return (
    <Card className={css['row']} role="article" aria-label={officer.name}>
      <h3>{officer.name}</h3>
      {pinned === undefined ? (
        <p className={css['meta']}>{words.none}</p>
      ) : (
        <div>
          <code>{inGroups(pinned.fingerprint)}</code>
          <p className={css['meta']}>
            {words.pinned(
              pinned.proposedBy.name,
              pinned.confirmedBy.name,
              format.dateTime(pinned.confirmedAt),
            )}
          </p>
        </div>
      )}
      {proposed === undefined ? (
        <div className={css['acts']}>
          <Button onClick={onChange}>{pinned === undefined ? words.propose : words.change}</Button>
          {pinned !== undefined && (
            <Button look="quiet" onClick={onRemove}>
              {words.remove}
            </Button>
          )}
        </div>
      ) : (
        <div className={css['waiting']}>
          <Badge tone="warn">{words.waits}</Badge>
          {proposed.fingerprint === undefined ? (
            <strong>{words.takesAway}</strong>
          ) : (
            <code>{inGroups(proposed.fingerprint)}</code>
          )}
          <p className={css['meta']}>
            {words.proposed(proposed.proposedBy.name, format.dateTime(proposed.proposedAt))}
          </p>
          <p>{own ? words.own : words.compare}</p>
          <div className={css['acts']}>
            {!own && (
              <Button look="primary" busy={busy} onClick={() => onDecide(proposed.keyId, 'confirm')}>
                {words.confirm}
              </Button>
            )}
            <Button busy={busy} onClick={() => onDecide(proposed.keyId, 'reject')}>
              {own ? words.takeBack : words.reject}
            </Button>
          </div>
        </div>
      )}
    </Card>
  );
}
