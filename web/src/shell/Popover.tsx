/** A button and what it opens, on the browser's own popover: light dismiss, Escape, focus back, all for nothing. */
import { type ReactNode, useId, useRef, useState } from 'react';
import css from './popover.module.css';

export function Popover({
  label,
  button,
  className,
  speaks = false,
  children,
}: {
  label: string;
  button: ReactNode;
  /** The button shows words of its own, which name it; otherwise the label does. */
  speaks?: boolean;
  className?: string | undefined;
  children: (close: () => void) => ReactNode;
}) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={className}
        popoverTarget={id}
        {...(speaks ? {} : { 'aria-label': label })}
        title={label}
        aria-expanded={isOpen}
      >
        {button}
      </button>
      <div
        id={id}
        ref={panel}
        popover="auto"
        className={css.panel}
        role="dialog"
        aria-label={label}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {isOpen && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}
