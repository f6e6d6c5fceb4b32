import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
} from 'react';
import { Icon } from '../feedback/icon';
import { useUiText } from '../i18n/locale';
import { classNames } from '../style/class-names';
import css from './field.module.css';

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** Says "(optional)" beside the label: most fields are asked because they are needed. */
  optional?: boolean;
}

interface Wiring {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

/** Label, hint and error around any control; the control takes the wiring that ties them together for readers. */
export function Field({
  id,
  label,
  hint,
  error,
  optional,
  children,
}: FieldProps & { id: string; children: (wiring: Wiring) => ReactNode }) {
  const text = useUiText();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={css['field']}>
      <label className={css['label']} htmlFor={id}>
        {label} {optional && <span className={css['optional']}>{text.optional}</span>}
      </label>
      {hint && (
        <p className={css['hint']} id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {children({
        id,
        ...(described && { 'aria-describedby': described }),
        ...(error && { 'aria-invalid': true as const }),
      })}
    </div>
  );
}

export function FieldError({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p className={css['error']} id={id}>
      <Icon name="alert" /> <span>{children}</span>
    </p>
  );
}

type Input = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'>;
export interface TextFieldProps extends FieldProps, Input {
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLInputElement>;
}

export function TextField({
  label,
  hint,
  error,
  optional,
  id,
  onChange,
  className,
  ...rest
}: TextFieldProps) {
  const own = useId();
  return (
    <Field id={id ?? own} {...{ label, hint, error }} optional={optional ?? false}>
      {(wiring) => (
        <input
          type="text"
          {...rest}
          {...wiring}
          className={classNames(css['input'], className)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

type Area = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange' | 'value'>;
export interface TextAreaProps extends FieldProps, Area {
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLTextAreaElement>;
}

export function TextArea({ label, hint, error, optional, id, onChange, className, ...rest }: TextAreaProps) {
  const own = useId();
  return (
    <Field id={id ?? own} {...{ label, hint, error }} optional={optional ?? false}>
      {(wiring) => (
        <textarea
          rows={4}
          {...rest}
          {...wiring}
          className={classNames(css['input'], css['area'], className)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
