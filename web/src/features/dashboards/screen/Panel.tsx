/** A panel of a screen: title that opens where the numbers come from, grey words beside it, a body that fills it. */
import { type ReactNode, useId } from 'react';
import panelCss from './panel.module.css';
import css from './screen.module.css';

interface PanelProps {
  title: string;
  note?: ReactNode;
  onOpen?: (() => void) | undefined;
  children: ReactNode;
}

export function Panel({ title, note, onOpen, children }: PanelProps) {
  const id = useId();
  return (
    <section className={panelCss.panel} aria-labelledby={id}>
      <header className={panelCss.panelHead}>
        <h2 id={id}>
          {onOpen ? (
            <button type="button" className={css.plain} onClick={onOpen}>
              {title}
            </button>
          ) : (
            title
          )}
        </h2>
        {note && <span className={css.note}>{note}</span>}
      </header>
      <div className={panelCss.panelBody}>{children}</div>
    </section>
  );
}
