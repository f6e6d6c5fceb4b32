import { classNames, Icon, type Site, useLocal } from '@app/ui';
import { useEffect, useId, useState } from 'react';
import { usePortalText } from '../text';
import { leaveOnDoubleEscape, leaveQuickly } from './leave';
import css from './safety-bar.module.css';

type Lines = Site['emergency'];

/** Shown where the site's own lines are not known: both numbers reach help on most mobile networks. */
const ANYWHERE: Lines['lines'] = ['112', '911'].map((number) => ({ label: { en: '', es: '' }, number }));

/** On every page, always in sight: whom to call, and the way out. */
export function SafetyBar({ emergency }: { emergency?: Lines | undefined }) {
  const text = usePortalText();
  const local = useLocal();
  const panel = useId();
  const [open, setOpen] = useState(false);
  useEffect(() => leaveOnDoubleEscape(), []);
  const lines = emergency?.lines ?? ANYWHERE;
  const words = emergency ? local(emergency.text) : text.emergencyUnknown;
  return (
    <aside className={css['bar']} aria-label={text.emergencyLabel}>
      <div className={classNames(css['row'], emergency && css['named'])}>
        <div className={css['emergency']} data-testid="emergency">
          <span className={css['title']}>
            <Icon name="phone" /> <span>{text.emergency}</span>
          </span>
          {lines.slice(0, 3).map((line) => (
            <a
              key={line.number}
              className={css['number']}
              href={telephone(line.number)}
              aria-label={`${local(line.label) || text.emergency} ${line.number}`}
            >
              <span className={css['label']}>{local(line.label)}</span> {line.number}
            </a>
          ))}
          <button
            type="button"
            className={css['more']}
            aria-expanded={open}
            aria-controls={panel}
            aria-label={text.emergencyMore}
            title={text.emergencyMore}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'close' : 'down'} />
          </button>
        </div>
        <button
          type="button"
          className={css['leave']}
          data-testid="leave-quickly"
          title={text.leaveHint}
          onClick={leaveQuickly}
        >
          <Icon name="leave" /> {text.leaveQuickly}
        </button>
      </div>
      <div id={panel} className={css['panel']} hidden={!open}>
        <p>{words}</p>
        <ul>
          {lines.map((line) => (
            <li key={line.number}>
              <span>{local(line.label)}</span>
              <a href={telephone(line.number)}>{line.number}</a>
            </li>
          ))}
        </ul>
        <p className={css['hint']}>{text.leaveHint}</p>
      </div>
    </aside>
  );
}

function telephone(number: string): string {
  return `tel:${number.replace(/[^+\d]/g, '')}`;
}
