import { useId } from 'react';
import css from './feedback.module.css';

/** `label` is for readers; leave it out where a text beside it says what is waited for. */
export function Spinner({ label }: { label?: string }) {
  return (
    <span
      className={css['spinner']}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'status' })}
    >
      {label !== undefined && <span className="for-readers">{label}</span>}
    </span>
  );
}

export interface ProgressProps {
  label: string;
  value: number;
  max: number;
  /** What stands at the end of the bar, such as "120 of 400". */
  detail?: string;
}

export function Progress({ label, value, max, detail }: ProgressProps) {
  const id = useId();
  return (
    <div className={css['progress']}>
      <div className={css['progressHead']}>
        <label htmlFor={id}>{label}</label>
        {detail !== undefined && <span>{detail}</span>}
      </div>
      <progress id={id} value={value} max={max} />
    </div>
  );
}
