/** What happened, newest first or last as given: who did what, when, with details below. */
import type { ReactNode } from 'react';
import type { Tone } from './StatusTag';
import css from './timeline.module.css';
import { useFormat } from './useFormat';
import { Words } from './Words';

export interface Happening {
  key: string;
  at: string;
  title: ReactNode;
  /** Who, from where. */
  by?: ReactNode;
  details?: ReactNode;
  tone?: Tone;
  /** Expected, not yet done. */
  isAhead?: boolean;
}

export function Timeline({ items, label }: { items: readonly Happening[]; label: string }) {
  const { moment, fullMoment } = useFormat();
  return (
    <ol className={css.timeline} aria-label={label}>
      {items.map((item) => (
        <li key={item.key} className={item.isAhead ? css.ahead : undefined}>
          <span className={`${css.dot} ${css[item.tone ?? 'neutral']}`} aria-hidden="true" />
          <div className={css.line}>
            <span className={css.title}>
              <Words of={item.title} />
            </span>
            <time className={css.at} dateTime={item.at} title={fullMoment(item.at)}>
              {moment(item.at)}
            </time>
          </div>
          {item.by && (
            <div className={css.by}>
              <Words of={item.by} />
            </div>
          )}
          {item.details && (
            <div className={css.details}>
              <Words of={item.details} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
