/** One figure: value, smaller unit, change with sign, arrow and words. Good and bad do not follow from up and down. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricWords } from './format';
import css from './kpi.module.css';
import { useFormat } from './useFormat';

export type Direction = 'up' | 'down' | 'none';

export interface KpiProps {
  title: ReactNode;
  value: number | null | undefined;
  /** `unit` and `format` of the metric. */
  words?: MetricWords;
  /** Change as a share (0.032 = +3.2 %), and against what: “较昨日”. */
  change?: { share: number | null; against: string };
  /** Which way is good; with `none` a change has no colour. */
  direction?: Direction | string | null;
  /** Line of the last periods; hidden first when there is little room. */
  trend?: readonly (number | null)[];
  /** Small words below instead of the change. */
  note?: ReactNode;
  /** Without a panel of its own, inside a Card. */
  bare?: boolean;
  onOpen?: () => void;
}

export function Kpi({ title, value, words = {}, change, direction = 'none', trend, note, bare, onOpen }: KpiProps) {
  const { written, line } = useFormat();
  const { value: figure, unit } = written(value, words);
  return (
    <section className={bare ? css.bare : css.kpi}>
      <h3 className={css.title}>
        {onOpen ? (
          <button type="button" className={css.open} onClick={onOpen}>
            {title}
          </button>
        ) : (
          title
        )}
      </h3>
      <p className={css.figure} title={line(value, { ...words, exact: true })}>
        <span className={`${css.value} ${figure.length > 7 ? css.long : ''}`}>{figure}</span>
        {unit && <span className={css.unit}>{unit}</span>}
      </p>
      {change && <Change {...change} direction={direction} />}
      {note && <p className={css.note}>{note}</p>}
      {trend && trend.length > 1 && <Sparkline values={trend} className={css.trend} />}
    </section>
  );
}

/** ▲ 3.2% 较昨日 — coloured by whether it is good, spoken in words. */
export function Change({
  share,
  against,
  direction = 'none',
}: {
  share: number | null;
  against: string;
  direction?: Direction | string | null;
}) {
  const { t } = useTranslation('ui');
  const { percent } = useFormat();
  if (share === null || !Number.isFinite(share)) return <p className={css.note}>{t('change.unknown', { against })}</p>;
  const way = Math.abs(share) < 0.0005 ? 'same' : share > 0 ? 'up' : 'down';
  const tone =
    way === 'same' || (direction !== 'up' && direction !== 'down') ? 'even' : way === direction ? 'good' : 'bad';
  return (
    <p className={css.note}>
      <span className={css[tone]}>
        <span aria-hidden="true">{{ up: '▲', down: '▼', same: '＝' }[way]} </span>
        <span className="unseen">{t(`change.${way}`)} </span>
        {{ up: '+', down: '−', same: '' }[way]}
        {percent(Math.abs(share))}
      </span>{' '}
      {against}
    </p>
  );
}

/** A line without axes; its message is said in the figure beside it, so it is hidden from screen readers. */
export function Sparkline({ values, className }: { values: readonly (number | null)[]; className?: string }) {
  const known = values.filter((value): value is number => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const y = (value: number) => (high === low ? 16 : 30 - ((value - low) / (high - low)) * 28);
  const x = (i: number) => (i / (values.length - 1)) * 96;
  const points = values.flatMap((value, i) => (value === null ? [] : [`${x(i).toFixed(1)},${y(value).toFixed(1)}`]));
  return (
    <svg viewBox="0 0 96 32" className={className} aria-hidden="true" preserveAspectRatio="none">
      <polygon points={`0,32 ${points.join(' ')} 96,32`} fill="var(--c-series-1)" opacity=".09" />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="var(--c-series-1)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
