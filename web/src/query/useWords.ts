/** Queries in words: “近 7 天”, “行政区 = 临湖区”. */
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../charts/answer';
import { useLang, wordsOf } from '../i18n/texts';
import { dayAfter, type Filter, type Query, type Range, type Value } from './model';

/** Names of dimensions and metrics, and labels of values, as far as they are known. */
export interface Names {
  title: (name: string) => string;
  label: (dimension: string, value: Value) => string;
}

const UNITS: Record<string, string> = { h: 'hour', d: 'day', w: 'week', m: 'month', q: 'quarter', y: 'year' };
/** Values written out in a chip; more are counted. */
const MOST_WRITTEN = 3;

export function useWords() {
  const { t } = useTranslation('query');
  return useMemo(
    () => ({
      range: (range: Range | null | undefined) => rangeWords(range, t),
      filter: (filter: Filter, names: Names) => filterWords(filter, names, t),
      query: (query: Query, names: Names) => queryWords(query, names, t),
      period: (period: Answer['period']) => periodWords(period, t),
    }),
    [t],
  );
}

/** Names as an answer gives them: its columns, and the labels of its values. */
export function useNames(answers: readonly (Answer | null | undefined)[], more: Readonly<Record<string, string>> = {}) {
  const lang = useLang();
  return useMemo<Names>(() => {
    const known = answers.filter((each) => each !== null && each !== undefined);
    const titles = new Map(Object.entries(more));
    for (const answer of known)
      for (const column of answer.columns) titles.set(column.name, wordsOf(column.title, lang, column.name));
    return {
      title: (name) => titles.get(name) ?? name,
      label: (dimension, value) => {
        const label = known.map((answer) => answer.labels[dimension]?.[String(value)]).find(Boolean);
        return wordsOf(label, lang, String(value));
      },
    };
  }, [answers, more, lang]);
}

export function rangeWords(range: Range | null | undefined, t: TFunction): string {
  if (!range) return t('range.all');
  if (range.last) {
    const count = Number(range.last.slice(0, -1));
    return t(`range.last.${UNITS[range.last.slice(-1)] ?? 'day'}`, { count });
  }
  if (range.this) return t(`range.this.${range.this}`);
  if (range.previous) return t(`range.previous.${range.previous}`);
  return spanWords(range.from ?? null, range.to ?? null, t);
}

export function periodWords(period: Answer['period'], t: TFunction): string {
  return period ? spanWords(period.start, period.end, t) : t('range.all');
}

/** Days as people say them: the last one included. */
function spanWords(start: string | null, end: string | null, t: TFunction): string {
  const isDay = (moment: string) => moment.length === 10 || /T00:00(:00)?$/.test(moment);
  const from = start === null ? '' : isDay(start) ? start.slice(0, 10) : start.slice(0, 16).replace('T', ' ');
  const to = end === null ? '' : isDay(end) ? dayAfter(end, -1) : end.slice(0, 16).replace('T', ' ');
  if (from && from === to) return from;
  if (!to) return t('range.since', { from });
  return from ? t('range.span', { from, to }) : t('range.until', { to });
}

export function filterWords({ dimension, op, values }: Filter, names: Names, t: TFunction): string {
  const name = names.title(dimension);
  const written = values.slice(0, MOST_WRITTEN).map((value) => names.label(dimension, value));
  const said = written.join(t('and')) + (values.length > MOST_WRITTEN ? t('more', { count: values.length }) : '');
  if (op === 'in' || op === '=') return t('filter.is', { name, values: said });
  return t(`filter.${FILTER_WORDS[op]}`, { name, values: op === 'between' ? written.join(' – ') : said });
}

const FILTER_WORDS: Record<Filter['op'], string> = {
  '=': 'is',
  in: 'is',
  '!=': 'not',
  'not in': 'not',
  '<': 'below',
  '<=': 'most',
  '>': 'above',
  '>=': 'least',
  between: 'between',
  'is null': 'empty',
  'is not null': 'filled',
};

export function queryWords(query: Query, names: Names, t: TFunction): string {
  const titles = (list: readonly string[]) => list.map((name) => names.title(name)).join(t('and'));
  const splits = [...query.by.map((name) => names.title(name)), ...(query.grain ? [t(`grain.${query.grain}`)] : [])];
  const parts = [
    rangeWords(query.range, t),
    ...query.filters.map((filter) => filterWords(filter, names, t)),
    ...(splits.length ? [t('split', { by: splits.join(t('and')) })] : []),
    titles(query.metrics),
    ...query.order.map((each) => t(each.descending ? 'descending' : 'ascending', { by: names.title(each.by) })),
    ...(query.limit ? [t('limit', { count: query.limit })] : []),
  ];
  return parts.join(t('comma'));
}
