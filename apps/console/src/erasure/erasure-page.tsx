import { Spinner } from '@app/ui';
import { useCallback } from 'react';
import { LoadFailed } from '../loading/load-failed';
import { useLoaded } from '../loading/use-loaded';
import type { Erasure, Hold } from '../protocol';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import { EraseForm } from './erase-form';
import { ErasureList } from './erasure-list';
import { HoldForm } from './hold-form';
import { HoldList } from './hold-list';
import css from './erasure.module.css';

/**
 * What must be kept, and what is gone. An administrator sees the holds alone: they may be the second person.
 *
 * @param intakeId - a conversation that was chosen in the log.
 */
export function ErasurePage({ intakeId }: { intakeId: string | undefined }) {
  const texts = useTexts();
  const { me, ask } = useSession();
  const isOfficer = me.roles.includes('compliance-officer');
  const loadHolds = useCallback(
    async () => (await ask.get<{ holds: Hold[] }>('/api/officer/holds')).holds,
    [ask],
  );
  const loadErasures = useCallback(
    async () => (isOfficer ? (await ask.get<{ erasures: Erasure[] }>('/api/officer/erasures')).erasures : []),
    [ask, isOfficer],
  );
  const holds = useLoaded(loadHolds);
  const erasures = useLoaded(loadErasures);
  return (
    <div className={css['page']}>
      <header>
        <h1>{isOfficer ? texts.erasure.title : texts.erasure.holdsTitle}</h1>
        <p className={css['intro']}>{isOfficer ? texts.erasure.intro : texts.erasure.introAdministrator}</p>
      </header>
      <div className={isOfficer ? css['columns'] : undefined}>
        {isOfficer && <HoldForm chosen={intakeId} onPlaced={holds.reload} />}
        <section className={css['list']} aria-labelledby="holds-list">
          <h2 id="holds-list" className={isOfficer ? undefined : 'for-readers'}>
            {texts.erasure.holdsTitle}
          </h2>
          {holds.error !== undefined && <LoadFailed error={holds.error} retry={holds.reload} />}
          {holds.data === undefined && holds.error === undefined && <Spinner label={texts.common.loading} />}
          {holds.data !== undefined && <HoldList holds={holds.data} onChanged={holds.reload} />}
        </section>
      </div>
      {isOfficer && (
        <div className={css['columns']}>
          <EraseForm
            chosen={intakeId}
            holds={holds.data ?? []}
            onErased={() => {
              erasures.reload();
              holds.reload();
            }}
          />
          <section className={css['list']} aria-labelledby="erasures-list">
            <h2 id="erasures-list">{texts.erasure.erasuresTitle}</h2>
            {erasures.error !== undefined && <LoadFailed error={erasures.error} retry={erasures.reload} />}
            {erasures.data === undefined && erasures.error === undefined && (
              <Spinner label={texts.common.loading} />
            )}
            {erasures.data !== undefined && <ErasureList erasures={erasures.data} />}
          </section>
        </div>
      )}
    </div>
  );
}
