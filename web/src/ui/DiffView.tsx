/** A difference to read: side by side on wide windows, one below the other on narrow ones or as one likes. */
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DiffRow, rowsOf, type Side, sharedEnds, unified } from './diff';
import css from './diff.module.css';
import { useNarrow } from './useNarrow';

export interface DiffViewProps {
  /** A unified diff. */
  diff: string;
  /** What is compared, for screen readers. */
  label: string;
  /** Heads of the two columns. */
  before: string;
  after: string;
}

const SIDES_KEY = 'cityloop.diff';

export function DiffView({ diff, label, before, after }: DiffViewProps) {
  const { t } = useTranslation('ui');
  const narrow = useNarrow();
  const [chosen, setChosen] = useState(() => localStorage.getItem(SIDES_KEY) ?? 'sides');
  const isSides = chosen === 'sides' && !narrow;
  const rows = rowsOf(diff);
  if (rows.length === 0) return <p className="muted">{t('diff.same')}</p>;
  return (
    <div className={css.diff}>
      {!narrow && (
        <Segmented
          size="small"
          className={css.choice}
          aria-label={t('diff.look')}
          value={isSides ? 'sides' : 'unified'}
          onChange={(value) => {
            localStorage.setItem(SIDES_KEY, value);
            setChosen(value);
          }}
          options={[
            { value: 'sides', label: t('diff.sides') },
            { value: 'unified', label: t('diff.unified') },
          ]}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={css.scroll} aria-label={label} tabIndex={0}>
        <table className={isSides ? css.sides : css.unified}>
          {isSides && (
            <colgroup>
              <col className={css.number} />
              <col />
              <col className={css.number} />
              <col />
            </colgroup>
          )}
          <thead>
            <tr>
              {isSides ? (
                <>
                  <th colSpan={2}>{before}</th>
                  <th colSpan={2}>{after}</th>
                </>
              ) : (
                <th colSpan={3}>
                  {before} → {after}
                </th>
              )}
            </tr>
          </thead>
          <tbody>{isSides ? rows.map(sideBySide) : unified(rows).map(below)}</tbody>
        </table>
      </section>
    </div>
  );
}

function keyOf(row: DiffRow): string {
  return `${row.kind} ${row.before?.line ?? ''} ${row.after?.line ?? ''}`;
}

function sideBySide(row: DiffRow) {
  if (row.kind === 'gap') return <Gap key={keyOf(row)} columns={4} />;
  const isSame = row.kind === 'same';
  return (
    <tr key={keyOf(row)}>
      <td className={css.number}>{row.before?.line}</td>
      <td className={isSame ? '' : row.before ? css.removed : css.nothing}>
        <Words side={row.before} other={row.kind === 'changed' ? row.after : undefined} sign={isSame ? '' : '−'} />
      </td>
      <td className={css.number}>{row.after?.line}</td>
      <td className={isSame ? '' : row.after ? css.added : css.nothing}>
        <Words side={row.after} other={row.kind === 'changed' ? row.before : undefined} sign={isSame ? '' : '+'} />
      </td>
    </tr>
  );
}

function below(row: DiffRow) {
  if (row.kind === 'gap') return <Gap key={keyOf(row)} columns={3} />;
  const look = row.kind === 'added' ? css.added : row.kind === 'removed' ? css.removed : '';
  return (
    <tr key={keyOf(row)}>
      <td className={css.number}>{row.before?.line}</td>
      <td className={css.number}>{row.after?.line}</td>
      <td className={look}>
        <Words side={row.after ?? row.before} sign={row.kind === 'added' ? '+' : row.kind === 'removed' ? '−' : ''} />
      </td>
    </tr>
  );
}

function Gap({ columns }: { columns: number }) {
  return (
    <tr>
      <td colSpan={columns} className={css.gap} aria-hidden="true">
        ⋯
      </td>
    </tr>
  );
}

function Words({ side, other, sign }: { side: Side | undefined; other?: Side | undefined; sign: string }) {
  if (!side) return null;
  const [start, end] = other ? sharedEnds(side.text, other.text) : [side.text.length, 0];
  const stop = side.text.length - end;
  return (
    <code>
      <span className={css.sign}>{sign || ' '}</span>
      {side.text.slice(0, start)}
      {start < stop && <mark className={css.mark}>{side.text.slice(start, stop)}</mark>}
      {side.text.slice(Math.max(start, stop))}
    </code>
  );
}
