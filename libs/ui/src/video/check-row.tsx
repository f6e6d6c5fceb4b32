import type { ReactNode } from 'react';
import { Icon, type IconName } from '../feedback/icon';
import { classNames } from '../style/class-names';
import css from './device-check.module.css';

export function CheckRow({
  icon,
  title,
  good,
  children,
}: {
  icon: IconName;
  title: string;
  good: boolean;
  children: ReactNode;
}) {
  return (
    <div className={css['item']}>
      <span className={classNames(css['sign'], good && css['good'])}>
        <Icon name={good ? 'check' : icon} />
      </span>
      <div className={css['itemText']}>
        <h3>{title}</h3>
        {children}
      </div>
    </div>
  );
}
