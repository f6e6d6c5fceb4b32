import { Badge, Button, IconButton, useFormats } from '@app/ui';
import { Fragment, useState } from 'react';
import type { EntryRow } from '../protocol';
import { go } from '../navigation/go';
import { pathOf } from '../navigation/route';
import { useTexts } from '../texts/use-texts';
import { actorWords, actWords, purposeWords, reasonWords } from './entry-words';
import css from './log.module.css';

interface Props {
  entries: readonly EntryRow[];
  onOnly: (intakeId: string) => void;
}

/** One row an entry, in words; the technical side of it opens under the row. */
export function EntryTable({ entries, onOnly }: Props) {
  const texts = useTexts();
  const [open, setOpen] = useState<string>();
  return (
    <table className={css['table']} data-testid="log-table" aria-label={texts.log.title}>
      <thead>
        <tr>
          <th scope="col">{texts.log.when}</th>
          <th scope="col">{texts.log.who}</th>
          <th scope="col">{texts.log.what}</th>
          <th scope="col">{texts.log.why}</th>
          <th scope="col">
            <span className="for-readers">{texts.desk.showDetails}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const isOpen = open === entry.entryId;
          return (
            <Fragment key={entry.entryId}>
              <Row
                entry={entry}
                isOpen={isOpen}
                onToggle={() => setOpen(isOpen ? undefined : entry.entryId)}
              />
              {isOpen && (
                <tr className={css['detailRow']} id={`entry-${entry.entryId}`}>
                  <td colSpan={5}>
                    <Detail entry={entry} onOnly={onOnly} />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

function Row({ entry, isOpen, onToggle }: { entry: EntryRow; isOpen: boolean; onToggle: () => void }) {
  const texts = useTexts();
  const format = useFormats();
  const what = actWords(entry.act, texts.log);
  const purpose = purposeWords(entry, texts.log);
  const when = format.dateTime(entry.at);
  return (
    <tr className={isOpen ? css['opened'] : undefined}>
      <td className={css['when']}>
        <time dateTime={entry.at}>{when}</time>
      </td>
      <td className={css['who']}>{actorWords(entry.actor, texts.log)}</td>
      <td className={css['what']}>
        {what} {entry.outcome === 'refused' && <Badge tone="danger">{texts.log.refused}</Badge>}
      </td>
      <td className={css['why']}>
        {reasonWords(entry, texts.log)}
        {purpose !== undefined && (
          <span className={css['purpose']}>
            {texts.log.fields.purpose}: {purpose}
          </span>
        )}
      </td>
      <td className={css['toggle']}>
        <IconButton
          icon="down"
          label={texts.log.detailOf(what, when)}
          aria-expanded={isOpen}
          aria-controls={isOpen ? `entry-${entry.entryId}` : undefined}
          onClick={onToggle}
        />
      </td>
    </tr>
  );
}

function Detail({ entry, onOnly }: { entry: EntryRow; onOnly: (intakeId: string) => void }) {
  const texts = useTexts();
  const { fields } = texts.log;
  const { intakeId } = entry;
  const rows: [string, string][] = [
    [fields.index, entry.index === undefined ? texts.log.notSequenced : String(entry.index)],
    [fields.entryId, entry.entryId],
    [fields.act, entry.act],
    [fields.actor, `${entry.actor.kind} ${entry.actor.id}`],
    ...(intakeId === undefined ? [] : [[fields.intakeId, intakeId] as [string, string]]),
    ...(entry.purpose === undefined ? [] : [[fields.purpose, entry.purpose] as [string, string]]),
    [fields.policies, entry.policies.join(', ') || '–'],
    ...Object.entries(entry.detail ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  ];
  return (
    <div className={css['detail']}>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {intakeId !== undefined && (
        <div className={css['acts']}>
          <Button look="quiet" icon="search" onClick={() => onOnly(intakeId)}>
            {texts.log.onlyThis}
          </Button>
          <Button look="quiet" icon="download" onClick={() => go(pathOf('exports', intakeId))}>
            {texts.log.exportThis}
          </Button>
          <Button look="quiet" icon="lock" onClick={() => go(pathOf('erasure', intakeId))}>
            {texts.erasure.fromLog}
          </Button>
        </div>
      )}
    </div>
  );
}
