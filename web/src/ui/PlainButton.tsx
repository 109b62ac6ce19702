/** A button or link that looks like antd's and costs nothing: for the shell and for what the shell shows. */
import type { ReactNode } from 'react';
import css from './button.module.css';

export interface PlainButtonProps {
  children: ReactNode;
  primary?: boolean;
  large?: boolean;
  busy?: boolean;
  submits?: boolean;
  /** Makes it a link. */
  href?: string;
  onClick?: () => void;
}

export function PlainButton({ children, primary, large, busy, submits, href, onClick }: PlainButtonProps) {
  const look = [css.button, primary && css.primary, large && css.large].filter(Boolean).join(' ');
  if (href)
    return (
      <a className={look} href={href}>
        {children}
      </a>
    );
  return (
    // Not `disabled` while it is busy: a button that was pressed by keyboard would lose the focus.
    <button
      type={submits ? 'submit' : 'button'}
      className={look}
      aria-busy={busy}
      aria-disabled={busy}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {children}
    </button>
  );
}
