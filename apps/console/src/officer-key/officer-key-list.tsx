import { Button, Dialog, EmptyState, Spinner, useAnnouncer } from '@app/ui';
import { useCallback, useState } from 'react';
import { LoadFailed } from '../loading/load-failed';
import { useLoaded } from '../loading/use-loaded';
import type { OfficerKeys } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { KeyDialog } from './key-dialog';
import css from './officer-key.module.css';
import { OfficerKeyRow } from './officer-key-row';

/** Officers and the keys to which their files are encrypted: one administrator proposes, another confirms. */
export function OfficerKeyList() {
  const texts = useTexts();
  const words = texts.officerKeys;
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const load = useCallback(
    async () => (await ask.get<{ officers: OfficerKeys[] }>('/api/admin/officer-keys')).officers,
    [ask],
  );
  const { data, error, reload } = useLoaded(load);
  const [changing, setChanging] = useState<OfficerKeys['officer']>();
  const [removing, setRemoving] = useState<OfficerKeys['officer']>();
  const [busy, setBusy] = useState(false);

  const post = async (path: string, body: object, done: string) => {
    setBusy(true);
    try {
      await ask.post(`/api/admin/officer-keys${path}`, body);
      toast(done, 'ok');
    } catch (failure) {
      toast(failureWords(failure, texts), 'danger');
    } finally {
      setBusy(false);
      setRemoving(undefined);
      reload();
    }
  };

  return (
    <section className={css['section']} aria-labelledby="officer-keys" data-testid="officer-keys">
      <h2 id="officer-keys">{words.title}</h2>
      <p className={css['intro']}>{words.intro}</p>
      {error !== undefined && <LoadFailed error={error} retry={reload} />}
      {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
      {data?.length === 0 && <EmptyState icon="lock" title={words.empty} />}
      {data?.map((one) => (
        <OfficerKeyRow
          key={one.officer.id}
          one={one}
          busy={busy}
          onChange={() => setChanging(one.officer)}
          onRemove={() => setRemoving(one.officer)}
          onDecide={(keyId, answer) =>
            void post(
              `/${keyId}/${answer}`,
              {},
              answer === 'confirm' ? words.confirmedDone : words.rejectedDone,
            )
          }
        />
      ))}
      {changing !== undefined && (
        <KeyDialog
          officer={changing}
          onClose={() => setChanging(undefined)}
          onDone={() => {
            setChanging(undefined);
            toast(words.proposedDone, 'ok');
            reload();
          }}
        />
      )}
      {removing !== undefined && (
        <Dialog
          title={words.removeTitle(removing.name)}
          onClose={() => setRemoving(undefined)}
          footer={
            <>
              <Button onClick={() => setRemoving(undefined)}>{texts.common.cancel}</Button>
              <Button
                look="danger"
                busy={busy}
                onClick={() => void post('', { staffId: removing.id }, words.proposedDone)}
              >
                {words.remove}
              </Button>
            </>
          }
        >
          <p>{words.removeText}</p>
        </Dialog>
      )}
    </section>
  );
}
