/** A page: breadcrumb, title, subtitle, actions, then its content. Names the document and takes the focus on arrival. */
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import css from './page.module.css';
import { Words } from './Words';

export interface Crumb {
  title: string;
  /** A path of the app; the last crumb needs none. */
  to?: string;
}

export interface PageProps {
  title: string;
  subtitle?: ReactNode;
  /** Buttons at the right; the primary one last. */
  actions?: ReactNode;
  breadcrumb?: readonly Crumb[];
  /** Words beside the title, e.g. a StatusTag. */
  mark?: ReactNode;
  /** Fills the height of the window and does not scroll by itself, e.g. a map or a builder. */
  full?: boolean;
  children: ReactNode;
}

export function Page({ title, subtitle, actions, breadcrumb, mark, full, children }: PageProps) {
  const heading = useArrival(title);
  return (
    <div className={full ? css.full : css.page}>
      <header className={css.head}>
        <div className={css.words}>
          {breadcrumb && <Breadcrumb crumbs={breadcrumb} />}
          <h1 className={css.title} ref={heading} tabIndex={-1}>
            <Words of={title} />
            {mark}
          </h1>
          {subtitle && (
            <p className={css.subtitle}>
              <Words of={subtitle} />
            </p>
          )}
        </div>
        {actions && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Names the document after the page and moves the focus to its heading, once each arrival. */
export function useArrival(title: string) {
  const { t } = useTranslation('ui');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title, t]);
  useEffect(() => {
    // Somebody who already types in a field of the page keeps it.
    if (!(document.activeElement instanceof HTMLInputElement) && !isFocusKept())
      heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}

/** Whether the focus is where it stays while pages change, as in the guided tour. */
export function isFocusKept(): boolean {
  return document.activeElement?.closest('[data-keeps-focus]') != null;
}

function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  const { t } = useTranslation('ui');
  return (
    <nav aria-label={t('breadcrumb')}>
      <ol className={css.crumbs}>
        {crumbs.map((crumb) => (
          <li key={crumb.title}>
            {crumb.to ? (
              <Link to={crumb.to}>
                <Words of={crumb.title} />
              </Link>
            ) : (
              <span>
                <Words of={crumb.title} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Cells up to this width stand in pairs on a phone, px. */
const NARROW_PX = 200;

/** A row of equal cells that wraps instead of overflowing: `<Cells least={190}>`. */
export function Cells({ least = 190, children }: { least?: number; children: ReactNode }) {
  return (
    <div
      className={css.cells}
      style={{
        gridTemplateColumns: `repeat(auto-fit, minmax(min(${least}px, ${least > NARROW_PX ? '100%' : 'calc(50% - 6px)'}), 1fr))`,
      }}
    >
      {children}
    </div>
  );
}

/** Twelve columns on wide windows, one on phones; children say their share by `<Span of={8}>`. */
export function Grid({ children }: { children: ReactNode }) {
  return <div className={css.grid}>{children}</div>;
}

export function Span({ of, children }: { of: number; children: ReactNode }) {
  return (
    <div className={css.span} style={{ gridColumn: `span ${of}` }}>
      {children}
    </div>
  );
}
