/** A flat panel: title with a grey subtitle, actions at the right, a body of fixed height where it is given. */
import { type ReactNode, useId } from 'react';
import css from './card.module.css';
import { Words } from './Words';

export interface CardProps {
  title?: ReactNode;
  /** Metric id, window, source: what the title leaves open. */
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** Height of the body, px; charts and lists need one so that nothing jumps. */
  height?: number;
  /** Body without padding, for tables and maps. */
  flush?: boolean;
  /** Line below the body: “data as of …”. */
  foot?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Card({ title, subtitle, actions, height, flush, foot, className, children }: CardProps) {
  const id = useId();
  return (
    <section className={`${css.card} ${className ?? ''}`} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <header className={css.head}>
          <div className={css.words}>
            {title && (
              <h2 className={css.title} id={id}>
                <Words of={title} />
              </h2>
            )}
            {subtitle && (
              <span className={css.subtitle}>
                <Words of={subtitle} />
              </span>
            )}
          </div>
          {actions && <div className={css.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? css.flush : css.body} style={height === undefined ? undefined : { height }}>
        {children}
      </div>
      {foot && <footer className={css.foot}>{foot}</footer>}
    </section>
  );
}
