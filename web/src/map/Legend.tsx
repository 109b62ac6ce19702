/** What the colours and widths of a map mean, in words. */
import css from './legend.module.css';

export interface LegendItem {
  words: string;
  colour: string;
  shape: 'area' | 'line' | 'point';
  /** Lines: px. */
  width?: number;
}

export function Legend({ items, note }: { items: readonly LegendItem[]; note?: string }) {
  return (
    <ul className={css.legend}>
      {items.map(({ words, colour, shape, width = 3 }) => (
        <li key={words}>
          <span
            className={css[shape]}
            style={{ background: colour, ...(shape === 'line' ? { height: width } : {}) }}
            aria-hidden="true"
          />
          {words}
        </li>
      ))}
      {note && <li className={css.note}>{note}</li>}
    </ul>
  );
}
