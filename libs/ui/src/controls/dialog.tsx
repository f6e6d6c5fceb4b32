import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useUiText } from '../i18n/locale';
import { IconButton } from './button';
import css from './dialog.module.css';

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The buttons, last one the main one. */
  footer?: ReactNode;
}

/** The platform's modal dialog: it holds the focus, closes on Escape and gives the focus back. Render it to open it. */
export function Dialog({ title, onClose, children, footer }: DialogProps) {
  const text = useUiText();
  const heading = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={css['dialog']}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className={css['head']}>
        <h2 id={heading}>{title}</h2>
        <IconButton icon="close" label={text.close} onClick={onClose} />
      </header>
      <div className={css['body']}>{children}</div>
      {footer && <footer className={css['foot']}>{footer}</footer>}
    </dialog>
  );
}
