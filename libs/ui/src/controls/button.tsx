import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Icon, type IconName } from '../feedback/icon';
import { Spinner } from '../feedback/progress';
import { classNames } from '../style/class-names';
import css from './button.module.css';

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';

interface Looks {
  look?: ButtonLook;
  icon?: IconName;
  /** Full width of what it stands in. */
  wide?: boolean;
  children?: ReactNode;
}

export interface ButtonProps extends Looks, ButtonHTMLAttributes<HTMLButtonElement> {
  /** Shows a spinner and takes no second press; the button keeps its focus. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look = 'secondary',
  icon,
  wide,
  busy,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || rest['aria-disabled']}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
      className={classNames(css['button'], css[look], wide && css['wide'], className)}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface ButtonLinkProps extends Looks, AnchorHTMLAttributes<HTMLAnchorElement> {}

export function ButtonLink({
  look = 'secondary',
  icon,
  wide,
  children,
  className,
  ...rest
}: ButtonLinkProps) {
  return (
    <a {...rest} className={classNames(css['button'], css[look], wide && css['wide'], className)}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that is only a picture: `label` is its name for readers and its tooltip. */
export function IconButton({ icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classNames(css['icon'], className)}
    >
      <Icon name={icon} />
    </button>
  );
}
