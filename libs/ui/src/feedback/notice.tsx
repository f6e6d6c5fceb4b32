import type { ReactNode, Ref } from 'react';
import { classNames } from '../style/class-names';
import css from './feedback.module.css';
import { Icon, type IconName } from './icon';

export type Tone = 'info' | 'ok' | 'warn' | 'danger';

const ICONS: Record<Tone, IconName> = { info: 'info', ok: 'check', warn: 'warning', danger: 'alert' };

export interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons, under the text. */
  action?: ReactNode;
  /** `status` is read out when it appears, `alert` at once; left out, it is only text. */
  role?: 'status' | 'alert';
  /** Across the page, without a box: for the state of the connection. */
  strip?: boolean;
  tabIndex?: number;
  ref?: Ref<HTMLDivElement>;
}

export function Notice({ tone = 'info', title, children, action, strip, ...rest }: NoticeProps) {
  return (
    <div {...rest} className={classNames(css['notice'], css[tone], strip && css['strip'])}>
      <Icon name={ICONS[tone]} />
      <div className={css['noticeText']}>
        {title && <p className={css['noticeTitle']}>{title}</p>}
        {children}
        {action && <div className={css['actions']}>{action}</div>}
      </div>
    </div>
  );
}

export function Badge({ tone, children }: { tone?: Tone; children: ReactNode }) {
  return <span className={classNames(css['badge'], tone && css[tone])}>{children}</span>;
}

/** Up to two initials of a name, or what is given as `initials`. Decoration: the name stands beside it. */
export function Avatar({ name, initials, small }: { name: string; initials?: string; small?: boolean }) {
  // A title after a comma or in brackets is no part of the name.
  const words = (name.split(/[,(]/)[0] ?? '').split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => Array.from(word ?? '')[0] ?? '')
    .join('');
  return (
    <span className={classNames(css['avatar'], small && css['avatarSmall'])} aria-hidden>
      {initials ?? letters.toUpperCase()}
    </span>
  );
}

export interface EmptyStateProps {
  icon?: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** 1 where this is all that stands on the page. */
  headingLevel?: 1 | 2;
}

export function EmptyState({ icon, title, children, action, headingLevel = 2 }: EmptyStateProps) {
  const Heading = `h${headingLevel}` as const;
  return (
    <div className={css['empty']}>
      {icon && (
        <span className={css['emptyIcon']}>
          <Icon name={icon} />
        </span>
      )}
      <Heading>{title}</Heading>
      {children && <div className={css['emptyText']}>{children}</div>}
      {action && <div className={css['actions']}>{action}</div>}
    </div>
  );
}

/** A white sheet with a soft edge. */
export function Card({
  children,
  className,
  ...rest
}: {
  children: ReactNode;
  className?: string | undefined;
  'data-testid'?: string;
  'aria-label'?: string;
  role?: string;
}) {
  return (
    <div {...rest} className={classNames(css['card'], className)}>
      {children}
    </div>
  );
}
