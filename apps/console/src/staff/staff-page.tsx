import { Badge, Button, Dialog, EmptyState, Spinner, useAnnouncer, useFormats } from '@app/ui';
import { useCallback, useState } from 'react';
import type { StaffRow } from '../protocol';
import { LoadFailed } from '../loading/load-failed';
import { OfficerKeyList } from '../officer-key/officer-key-list';
import { useSession } from '../session/session';
import { useLoaded } from '../loading/use-loaded';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './staff.module.css';

/** Who works here, and whether they may sign in. */
export function StaffPage() {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const load = useCallback(() => ask.get<{ staff: StaffRow[] }>('/api/admin/staff'), [ask]);
  const { data, error, reload } = useLoaded(load);
  const [asked, setAsked] = useState<StaffRow>();
  const [busy, setBusy] = useState(false);

  const change = async (row: StaffRow) => {
    setBusy(true);
    try {
      await ask.post(`/api/admin/staff/${row.staffId}/${row.active ? 'disable' : 'enable'}`);
      toast(row.active ? texts.staff.disabledDone(row.name) : texts.staff.enabledDone(row.name), 'ok');
      setAsked(undefined);
    } catch (failure) {
      toast(failureWords(failure, texts), 'danger');
    } finally {
      setBusy(false);
      reload();
    }
  };

  return (
    <div className={css['page']}>
      <header>
        <h1>{texts.staff.title}</h1>
        <p className={css['intro']}>{texts.staff.intro}</p>
      </header>
      {error !== undefined && <LoadFailed error={error} retry={reload} />}
      {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
      {data !== undefined && data.staff.length === 0 && (
        <EmptyState icon="people" title={texts.staff.empty} />
      )}
      {data !== undefined && data.staff.length > 0 && <StaffTable staff={data.staff} onAsk={setAsked} />}
      <OfficerKeyList />
      {asked !== undefined && (
        <Dialog
          title={asked.active ? texts.staff.disableTitle(asked.name) : texts.staff.enableTitle(asked.name)}
          onClose={() => setAsked(undefined)}
          footer={
            <>
              <Button onClick={() => setAsked(undefined)}>{texts.common.cancel}</Button>
              <Button
                look={asked.active ? 'danger' : 'primary'}
                busy={busy}
                onClick={() => void change(asked)}
              >
                {asked.active ? texts.staff.disable : texts.staff.enable}
              </Button>
            </>
          }
        >
          <p>{asked.active ? texts.staff.disableText : texts.staff.enableText}</p>
        </Dialog>
      )}
    </div>
  );
}

function StaffTable({ staff, onAsk }: { staff: StaffRow[]; onAsk: (row: StaffRow) => void }) {
  const texts = useTexts();
  const format = useFormats();
  const { me } = useSession();
  return (
    <table className={css['table']} data-testid="staff-table">
      <thead>
        <tr>
          <th scope="col">{texts.staff.name}</th>
          <th scope="col">{texts.staff.roles}</th>
          <th scope="col">{texts.staff.lastSeen}</th>
          <th scope="col">{texts.staff.state}</th>
          <th scope="col">
            <span className="for-readers">{texts.panel.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {staff.map((row) => (
          <tr key={row.staffId} data-active={row.active}>
            <th scope="row">
              <span className={css['name']}>
                {row.name}{' '}
                {row.staffId === me.staffId && <span className={css['you']}>({texts.staff.you})</span>}
              </span>
              <span className={css['email']}>{row.email}</span>
            </th>
            <td data-label={texts.staff.roles}>
              {row.roles.map((role) => texts.staff.role[role]).join(', ')}
            </td>
            <td data-label={texts.staff.lastSeen}>
              {row.lastSeenAt === undefined ? texts.staff.never : format.dateTime(row.lastSeenAt)}
            </td>
            <td data-label={texts.staff.state}>
              <Badge tone={row.active ? 'ok' : 'danger'}>
                {row.active ? texts.staff.active : texts.staff.disabled}
              </Badge>
            </td>
            <td className={css['act']}>
              {row.staffId !== me.staffId && (
                <Button
                  onClick={() => onAsk(row)}
                  aria-label={row.active ? texts.staff.disableOf(row.name) : texts.staff.enableOf(row.name)}
                >
                  {row.active ? texts.staff.disable : texts.staff.enable}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
