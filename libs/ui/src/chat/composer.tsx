import { useId, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { Icon } from '../feedback/icon';
import { useUiText } from '../i18n/locale';
import css from './composer.module.css';

/** Longest message, in UTF-16 code units: what `docs/PROTOCOL.md` allows. */
export const MAX_MESSAGE_LENGTH = 4_000;
const WARN_BELOW = 400;

export interface ComposerProps {
  value: string;
  onChange: (value: string) => void;
  /** Called with the trimmed text, never with an empty one. The caller empties `value`. */
  onSend: (text: string) => void;
  /** The name of the box; without it, "Your message". */
  label?: string;
  placeholder?: string;
  disabled?: boolean;
  /** Buttons before the box, such as canned replies. */
  tools?: ReactNode;
  /** Something to say above the box, such as why a text was refused. */
  notice?: ReactNode;
}

/** Where a message is written. Enter sends and Shift and Enter begin a new line; an input method's Enter does neither. */
export function Composer({
  value,
  onChange,
  onSend,
  label,
  placeholder,
  disabled,
  tools,
  notice,
}: ComposerProps) {
  const text = useUiText();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const left = MAX_MESSAGE_LENGTH - value.length;

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    let fitted = 0;
    const fit = () => {
      fitted = element.clientWidth;
      element.style.blockSize = 'auto';
      element.style.blockSize = `${element.scrollHeight + 2}px`;
    };
    fit();
    // A phone that is turned breaks the same text into other lines.
    const watcher = new ResizeObserver(() => element.clientWidth !== fitted && fit());
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [value]);

  const send = () => {
    const trimmed = value.trim();
    if (trimmed === '' || disabled || left < 0) return;
    onSend(trimmed);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className={css['composer']}
      data-testid="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {notice}
      <div className={css['row']}>
        {tools}
        <label className="for-readers" htmlFor={id}>
          {label ?? text.messageLabel}
        </label>
        <textarea
          ref={box}
          id={id}
          className={css['box']}
          rows={1}
          value={value}
          maxLength={MAX_MESSAGE_LENGTH}
          placeholder={placeholder ?? label ?? text.messageLabel}
          aria-describedby={`${id}-hint`}
          autoComplete="off"
          enterKeyHint="send"
          disabled={disabled}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {/* Pressing it must not close a phone's keyboard. */}
        <button
          type="submit"
          className={css['send']}
          aria-label={text.send}
          title={text.send}
          disabled={disabled || value.trim() === ''}
          onPointerDown={(event) => event.preventDefault()}
        >
          <Icon name="send" />
        </button>
      </div>
      <p id={`${id}-hint`} className={left < WARN_BELOW ? css['count'] : 'for-readers'}>
        {left < WARN_BELOW ? text.charactersLeft(left) : text.messageHint}
      </p>
    </form>
  );
}
