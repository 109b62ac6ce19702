/** Why a query has no answer, and one click that mends it. */
import { useQueries } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { useSay } from '../../i18n/texts';
import type { Query } from '../../query/model';
import { dimensionsQuery } from '../../query/queries';
import type { ExploreState } from '../../query/view';
import { Failure } from '../../ui/StateView';
import css from './explore.module.css';

interface FailureProps {
  error: unknown;
  query: Query;
  change: (changed: Partial<ExploreState>) => void;
  retry: () => void;
  /** Titles of metrics. */
  titles: Readonly<Record<string, string>>;
}

interface Mend {
  key: string;
  words: string;
  changed: Partial<ExploreState>;
}

export function ExploreFailure({ error, query, change, retry, titles }: FailureProps) {
  const { t } = useTranslation('explore');
  const mends = useMends(error, query, useNames(query, titles));
  return (
    <section className={css.panel}>
      <Failure error={error} retry={retry} height={300} />
      {mends.length > 0 && (
        <div className={css.mends}>
          <p>{t('mend')}</p>
          {mends.map(({ key, words, changed }) => (
            <Button key={key} size="small" onClick={() => change(changed)}>
              {words}
            </Button>
          ))}
        </div>
      )}
    </section>
  );
}

/** What would make the query work, from what the compiler says. */
function useMends(error: unknown, query: Query, { titleOf, mayRead }: Names): Mend[] {
  const { t } = useTranslation('explore');
  if (!(error instanceof ApiError)) return [];
  const { fields, code } = error;
  const bad = typeof fields.dimension === 'string' ? fields.dimension : '';
  const metric = typeof fields.metric === 'string' ? fields.metric : '';
  const without = {
    by: query.by.filter((name) => name !== bad),
    filters: query.filters.filter(({ dimension }) => dimension !== bad),
  };
  const mends: Mend[] = [];
  if (bad && (query.by.includes(bad) || query.filters.some(({ dimension }) => dimension === bad)))
    mends.push({ key: 'without', words: t('mendWithout', { name: titleOf(bad) }), changed: without });
  if (code === 'metrics.no_time')
    mends.push({ key: 'time', words: t('mendTime'), changed: { grain: 'none', range: '' } });
  if (code === 'metrics.too_fine') mends.push({ key: 'day', words: t('mendDay'), changed: { grain: 'day' } });
  if (code === 'metrics.unknown_order') mends.push({ key: 'order', words: t('mendOrder'), changed: { order: '' } });
  if (metric && query.metrics.length > 1 && query.metrics.includes(metric))
    mends.push({
      key: 'metric',
      words: t('mendMetric', { name: titleOf(metric) }),
      changed: { metrics: query.metrics.filter((name) => name !== metric) },
    });
  if (bad && query.by.includes(bad))
    for (const name of words(fields.usable).filter(mayRead).slice(0, 8))
      if (!query.by.includes(name))
        mends.push({
          key: name,
          words: t('mendInstead', { name: titleOf(name) }),
          changed: { ...without, by: [...without.by, name] },
        });
  for (const name of words(fields.close))
    if (code === 'metrics.unknown_metric')
      mends.push({
        key: name,
        words: name,
        changed: { metrics: query.metrics.map((each) => (each === metric ? name : each)) },
      });
  return mends;
}

interface Names {
  titleOf: (name: string) => string;
  /** Whether one may split by a dimension. */
  mayRead: (dimension: string) => boolean;
}

/** What dimensions and metrics are called, and which dimensions one may split by. */
function useNames(query: Query, metrics: Readonly<Record<string, string>>): Names {
  const say = useSay();
  const found = useQueries({ queries: query.metrics.map((name) => dimensionsQuery([name])) });
  const dimensions = new Map(
    found.flatMap(({ data = [] }) => data.map((each): [string, string] => [each.name, say(each.title)])),
  );
  const unreadable = new Set(
    found.flatMap(({ data = [] }) => data.filter((each) => !each.readable)).map((each) => each.name),
  );
  return {
    titleOf: (name) => metrics[name] ?? dimensions.get(name) ?? name,
    mayRead: (name) => !unreadable.has(name),
  };
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
