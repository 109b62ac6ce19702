/** A state in words on a soft ground; the colour only repeats what the words say. */
import type { ReactNode } from 'react';
import css from './status.module.css';

export type Tone = 'good' | 'warning' | 'bad' | 'info' | 'neutral';

export function StatusTag({ tone = 'neutral', dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={`${css.tag} ${css[tone]}`}>
      {dot && <span className={css.dot} aria-hidden="true" />}
      {children}
    </span>
  );
}
