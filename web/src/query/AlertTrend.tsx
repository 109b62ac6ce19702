/** A rule's metric around a moment or up to now, with the threshold drawn: what the rule watches, for one of its places. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../api/client';
import { AnswerView } from '../charts/AnswerView';
import { Empty, StateView } from '../ui/StateView';
import { useFormat } from '../ui/useFormat';
import { answerQuery } from './queries';

type Definition = Schema<'AlertDefinition-Output'>;
type Grain = 'hour' | 'day' | 'week' | 'month';

/** Points shown to each side of a moment, and altogether without one. */
const AROUND = 12;
const UP_TO_NOW = 30;
const STEP_MS: Record<Grain, number> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

/** The grain whose points come nearest to what the rule adds up. */
export function grainOf(last: string | null | undefined): Grain {
  const [, count = '1', unit = 'd'] = /^(\d+)([a-z])$/.exec(last ?? '') ?? [];
  const hours = Number(count) * ({ h: 1, d: 24, w: 168, m: 720, q: 2_160, y: 8_760 }[unit] ?? 24);
  if (hours < 24) return 'hour';
  if (hours < 168) return 'day';
  return hours < 700 ? 'week' : 'month';
}

export function AlertTrend(props: {
  definition: Definition;
  place: Record<string, unknown>;
  /** A moment; without one the chart ends now. */
  around?: string;
  height?: number;
}) {
  const { definition, place, around, height = 240 } = props;
  const { t } = useTranslation('alerts');
  const { now, line } = useFormat();
  const grain = grainOf(definition.query.range?.last);
  const middle = around ? new Date(around) : now();
  const step = STEP_MS[grain];
  const start = new Date(Math.floor((middle.getTime() - (around ? AROUND : UP_TO_NOW) * step) / step) * step);
  const end = around ? Math.min(middle.getTime() + AROUND * step, now().getTime()) : now().getTime();
  const query = useQuery(
    answerQuery({
      metrics: definition.query.metrics,
      by: [],
      grain,
      range: { from: start.toISOString(), to: new Date(Math.ceil(end / step) * step).toISOString() },
      filters: [...definition.query.filters, ...filtersOf(place)],
      order: [],
      totals: false,
    }),
  );
  const value = definition.when.above ?? definition.when.below ?? 0;
  return (
    <StateView query={query} height={height}>
      {(answer) => {
        if (answer.row_count === 0) return <Empty title={t('unseen')} hint={t('unseenHint')} height={height} />;
        const format = answer.columns.at(-1)?.format ?? null;
        return (
          <AnswerView
            answer={answer}
            chart="line"
            height={height}
            thresholds={[{ value, words: t('threshold', { value: line(value, { format }) }) }]}
          />
        );
      }}
    </StateView>
  );
}

function filtersOf(place: Record<string, unknown>): Schema<'Filter'>[] {
  return Object.entries(place).map(([dimension, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? { dimension, op: '=', values: [value] }
      : { dimension, op: 'is null', values: [] },
  );
}
