import { useId, type ReactNode, type Ref, type SelectHTMLAttributes } from 'react';
import { Icon } from '../feedback/icon';
import { useUiText } from '../i18n/locale';
import { classNames } from '../style/class-names';
import { Field, FieldError, type FieldProps } from './field';
import css from './field.module.css';

export interface Option {
  value: string;
  label: ReactNode;
}

type NativeSelect = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange' | 'value'>;
export interface SelectProps extends FieldProps, NativeSelect {
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string }[];
  /** Shown as the first, empty choice. */
  placeholder?: string;
}

/** The platform's own list: it works on every phone and with every reader. */
export function Select({
  label,
  hint,
  error,
  optional,
  id,
  options,
  placeholder,
  onChange,
  ...rest
}: SelectProps) {
  const own = useId();
  return (
    <Field id={id ?? own} {...{ label, hint, error }} optional={optional ?? false}>
      {(wiring) => (
        <div className={css['selectBox']}>
          <select
            {...rest}
            {...wiring}
            className={classNames(css['input'], css['select'])}
            onChange={(event) => onChange(event.target.value)}
          >
            {placeholder !== undefined && <option value="">{placeholder}</option>}
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </div>
      )}
    </Field>
  );
}

export interface RadioGroupProps extends FieldProps {
  /** The id of the first choice, so that an error summary can lead to it. */
  id?: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly Option[];
  /** Choices side by side while they fit. */
  row?: boolean;
}

export function RadioGroup({
  label,
  hint,
  error,
  optional,
  id,
  value,
  onChange,
  options,
  row,
}: RadioGroupProps) {
  const text = useUiText();
  const own = useId();
  const name = id ?? own;
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return (
    <fieldset className={css['field']} {...(described && { 'aria-describedby': described })}>
      <legend className={css['legend']}>
        {label} {optional && <span className={css['optional']}>{text.optional}</span>}
      </legend>
      {hint && (
        <p className={css['hint']} id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && <FieldError id={`${name}-error`}>{error}</FieldError>}
      <div className={classNames(css['choices'], row && css['row'])}>
        {options.map((option, index) => (
          <label
            key={option.value}
            className={classNames(css['choice'], option.value === value && css['chosen'])}
          >
            <input
              type="radio"
              name={name}
              {...(index === 0 && { id: name })}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export interface CheckboxProps {
  id?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  error?: string | undefined;
  /** Without a box around it, for lists of filters. */
  bare?: boolean;
  children: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

export function Checkbox({ id, checked, onChange, error, bare, children, ref }: CheckboxProps) {
  const own = useId();
  const name = id ?? own;
  return (
    <div className={css['field']}>
      {error && <FieldError id={`${name}-error`}>{error}</FieldError>}
      <label className={classNames(css['choice'], checked && !bare && css['chosen'], bare && css['bare'])}>
        <input
          type="checkbox"
          id={name}
          ref={ref}
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
          {...(error && { 'aria-invalid': true, 'aria-describedby': `${name}-error` })}
        />
        <span>{children}</span>
      </label>
    </div>
  );
}
