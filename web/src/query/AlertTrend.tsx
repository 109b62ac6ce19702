/** What a rule saw around one of its episodes, at its place: the picture of the alert's page, with only this band. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, read, type Schema } from '../api/client';
import { Empty, StateView } from '../ui/StateView';
import { useFormat } from '../ui/useFormat';
import { ReplayView } from './ReplayView';
import { around, LEGEND_PX, leadMs, type ReplayChart } from './replay';
import { usePlace } from './usePlace';
import { useFigure, useThresholds } from './useRule';

type Definition = Schema<'AlertDefinition-Output'>;
type Episode = Schema<'EpisodeBody'>;
type Replayed = Schema<'AlertPreviewBody'>;

/** A replay asks the metric up to 120 times. */
const KEPT_MS = 5 * 60_000;

interface AlertTrendProps {
  definition: Definition;
  episode: Episode;
  /** Of the chart, px; its legend comes on top. */
  height: number;
}

export function AlertTrend({ definition, episode, height }: AlertTrendProps) {
  const { t } = useTranslation('alerts');
  const { now } = useFormat();
  const query = useQuery(aroundQuery(definition, episode, now));
  return (
    <StateView
      query={query}
      height={height + LEGEND_PX}
      isEmpty={({ series }) => series.length === 0}
      empty={<Empty title={t('unseen')} hint={t('unseenHint')} height={height + LEGEND_PX} />}
    >
      {(replay) => <Drawn definition={definition} episode={episode} height={height} replay={replay} />}
    </StateView>
  );
}

function Drawn({ definition, episode, height, replay }: AlertTrendProps & { replay: Replayed }) {
  const { t } = useTranslation('alerts');
  const place = usePlace();
  const { moment } = useFormat();
  const { figure, isShare } = useFigure(definition);
  const thresholds = useThresholds(definition);
  const chart = useMemo(
    (): ReplayChart => ({
      times: replay.values.map(({ at }) => at),
      lines: [{ name: place(episode.place), values: replay.series[0]?.values ?? [], isMain: true }],
      thresholds,
      bands: [
        {
          from: episode.fired_at,
          to: episode.resolved_at,
          kind: episode.told_at === null ? 'quiet' : 'fired',
          words: t('chart.firedAt', { at: moment(episode.fired_at) }),
        },
      ],
    }),
    [replay, episode, place, thresholds, t, moment],
  );
  return <ReplayView chart={chart} figure={figure} isShare={isShare} height={height} />;
}

const aroundQuery = (definition: Definition, episode: Episode, now: () => Date) =>
  queryOptions({
    queryKey: ['replay', definition.name, 'around', episode.id, episode.resolved_at],
    queryFn: ({ signal }) => {
      const { query } = definition;
      const here = { ...query, filters: [...query.filters, ...filtersOf(episode.place)] };
      return read(
        api.POST('/api/alerts/{alert}/preview', {
          params: { path: { alert: definition.name } },
          body: {
            definition: { ...definition, query: here },
            range: around(episode, leadMs(query.range?.last), now()),
          },
          signal,
        }),
      );
    },
    staleTime: KEPT_MS,
    placeholderData: keepPreviousData, // when it ends while one looks at it
  });

function filtersOf(place: Record<string, unknown>): Schema<'Filter'>[] {
  return Object.entries(place).map(([dimension, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? { dimension, op: '=', values: [value] }
      : { dimension, op: 'is null', values: [] },
  );
}
