/** The left side: what to compute, how to split it, which time, which rows, in which order. */
import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { InputNumber, Select } from 'antd';
import { type ReactNode, useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../api/client';
import { useSay } from '../../i18n/texts';
import { GRAINS, rangeOf, rangeText } from '../../query/model';
import { dimensionsQuery } from '../../query/queries';
import { RangeControl } from '../../query/RangeControl';
import type { ExploreState } from '../../query/view';
import { ExploreFilters } from './ExploreFilters';
import css from './explore.module.css';

type Summary = Schema<'MetricSummary'>;
export type Dimension = Schema<'DimensionBody'>;

interface BuilderProps {
  state: ExploreState;
  change: (changed: Partial<ExploreState>) => void;
  metrics: UseQueryResult<Summary[]>;
  titles: Readonly<Record<string, string>>;
}

export function ExploreBuilder({ state, change, metrics, titles }: BuilderProps) {
  const { t } = useTranslation(['explore', 'query']);
  const say = useSay();
  const dimensions = useDimensions(state.metrics);
  const usable = dimensions
    .filter((each) => each.lacking.length === 0 && each.dimension.readable)
    .map((each) => each.dimension);
  const options = useMemo(
    () =>
      (metrics.data ?? []).map((each) => ({
        value: each.name,
        label: say(each.title, each.name),
        words: [each.name, each.title.zh, each.title.en, ...(each.synonyms.zh ?? []), ...(each.synonyms.en ?? [])]
          .join(' ')
          .toLowerCase(),
        description: each.readable ? say(each.description) : t('unreadableMetric'),
        unit: say(each.unit),
        disabled: !each.readable,
      })),
    [metrics.data, say, t],
  );
  const columns = [...state.metrics, ...state.by, ...(state.grain === 'none' ? [] : ['time'])];
  const named = (name: string) =>
    titles[name] ??
    (name === 'time'
      ? t('query:range.label')
      : say(dimensions.find(({ dimension }) => dimension.name === name)?.dimension.title, name));
  return (
    <section className={`${css.panel} ${css.builder}`} aria-label={t('builder')}>
      <Field title={t('metrics')}>
        <Select
          mode="multiple"
          aria-label={t('metrics')}
          placeholder={t('pickMetrics')}
          loading={metrics.isPending}
          value={[...state.metrics]}
          options={options}
          filterOption={(text, option) => option?.words.includes(text.toLowerCase()) ?? false}
          optionRender={({ data }) => (
            <span className={css.option}>
              <span>
                {data.label}
                {data.unit && <span className="muted"> {data.unit}</span>}
              </span>
              {data.description && <small>{data.description}</small>}
            </span>
          )}
          onChange={(chosen: string[]) => change({ metrics: chosen, ...(chosen.length ? {} : { by: [], order: '' }) })}
        />
      </Field>
      <Field title={t('split')}>
        {state.metrics.length === 0 && <p className={css.hint}>{t('splitHint')}</p>}
        <ul className={css.pills}>
          {dimensions.map(({ dimension, lacking }) => {
            const isOn = state.by.includes(dimension.name);
            const isOff = (lacking.length > 0 || !dimension.readable) && !isOn;
            const reason =
              lacking.length > 0
                ? t('lacking', { metrics: lacking.map((name) => titles[name] ?? name).join(t('query:and')) })
                : t('unreadable');
            return (
              <li key={dimension.name}>
                <button
                  type="button"
                  className={css.pill}
                  aria-pressed={isOn}
                  aria-disabled={isOff}
                  title={isOff ? reason : dimension.name}
                  onClick={() =>
                    !isOff &&
                    change({
                      by: isOn ? state.by.filter((each) => each !== dimension.name) : [...state.by, dimension.name],
                    })
                  }
                >
                  {say(dimension.title, dimension.name)}
                  {isOff && <span className="unseen"> {reason}</span>}
                </button>
              </li>
            );
          })}
        </ul>
        <Reasons dimensions={dimensions} titles={titles} />
      </Field>
      <Field title={t('grain')}>
        <fieldset className={css.pills}>
          <legend className="unseen">{t('grain')}</legend>
          {(['none', ...GRAINS] as const).map((grain) => (
            <button
              key={grain}
              type="button"
              className={css.pill}
              aria-pressed={state.grain === grain}
              onClick={() => change({ grain })}
            >
              {t(`query:grain.${grain}`)}
            </button>
          ))}
        </fieldset>
      </Field>
      <Field title={t('range')}>
        <RangeControl
          value={rangeOf(state.range)}
          onChange={(range) => change({ range: rangeText(range) })}
          none={t('query:range.all')}
        />
      </Field>
      <Field title={t('filters')}>
        <ExploreFilters
          metric={state.metrics[0] ?? ''}
          dimensions={usable}
          filters={state.filters}
          onChange={(filters) => change({ filters })}
        />
      </Field>
      <div className={css.pair}>
        <Field title={t('order')}>
          <Select
            aria-label={t('order')}
            value={state.order}
            onChange={(order: string) => change({ order })}
            options={[
              { value: '', label: t('natural') },
              ...columns.flatMap((name) => [
                { value: `-${name}`, label: `${named(name)} ↓` },
                { value: name, label: `${named(name)} ↑` },
              ]),
            ]}
          />
        </Field>
        <Field title={t('limit')}>
          <InputNumber
            aria-label={t('limit')}
            min={1}
            max={100_000}
            style={{ width: '100%' }}
            value={state.limit || null}
            placeholder={t('noLimit')}
            onChange={(limit) => change({ limit: limit ?? 0 })}
          />
        </Field>
      </div>
    </section>
  );
}

interface Choice {
  dimension: Dimension;
  /** Chosen metrics that cannot be split by it. */
  lacking: string[];
}

function Reasons({ dimensions, titles }: { dimensions: readonly Choice[]; titles: Readonly<Record<string, string>> }) {
  const { t } = useTranslation(['explore', 'query']);
  const lacking = [...new Set(dimensions.flatMap((each) => each.lacking))];
  const unreadable = dimensions.some((each) => each.lacking.length === 0 && !each.dimension.readable);
  const isNone = dimensions.every((each) => !each.dimension.readable);
  return (
    <>
      {lacking.length > 0 && (
        <p className={css.hint}>
          {t('greyed', { metrics: lacking.map((name) => titles[name] ?? name).join(t('query:and')) })}
        </p>
      )}
      {unreadable && <p className={css.hint}>{t(isNone ? 'noneReadable' : 'greyedUnreadable')}</p>}
    </>
  );
}

/** Every dimension of the chosen metrics: usable ones first, then those that only some of them have, or one may not read. */
function useDimensions(metrics: readonly string[]): Choice[] {
  const together = useQuery(dimensionsQuery(metrics));
  const each = useQueries({ queries: metrics.map((name) => dimensionsQuery([name])) });
  const usable = new Map((together.data ?? []).map((dimension) => [dimension.name, dimension]));
  const found = new Map<string, Choice>();
  for (const list of each)
    for (const dimension of list.data ?? []) {
      const lacking = metrics.filter(
        (_, i) => each[i]?.data && !each[i].data.some(({ name }) => name === dimension.name),
      );
      const shared = usable.get(dimension.name);
      found.set(dimension.name, { dimension: shared ?? dimension, lacking: shared ? [] : lacking });
    }
  return [...found.values()].sort(
    (a, b) => a.lacking.length - b.lacking.length || Number(b.dimension.readable) - Number(a.dimension.readable),
  );
}

function Field({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={css.field} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
