/** The city's maps and their geometry. Geometry changes rarely: it is kept, and news of definitions fetches it anew. */
import { queryOptions } from '@tanstack/react-query';
import type { FeatureCollection } from 'geojson';
import { api, read, type Schema } from '../api/client';
import { type Answer, readAnswer } from '../charts/answer';
import type { Lang } from '../i18n';
import { drawable } from './geometry';

export { centreOf } from './geometry';

/** One map; the client's types make a list of the tuple. */
export type CityMap = Omit<Schema<'MapSummary'>, 'bounds'> & { bounds: readonly number[] | null };

export const mapsQuery = queryOptions({
  queryKey: ['maps', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/maps', { signal })),
  staleTime: 60_000,
});

export function geometryQuery(name: string) {
  return queryOptions({
    queryKey: ['maps', 'geometry', name],
    queryFn: async ({ signal }): Promise<FeatureCollection> => {
      const found = await read(api.GET('/api/maps/{name}/geometry', { params: { path: { name } }, signal }));
      return drawable(found.features);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The map that an answer can be drawn on. */
export function mapFor(answer: Answer, maps: readonly CityMap[], wanted?: string | null): CityMap | undefined {
  const { dimensions, metrics } = readAnswer(answer, 'zh');
  const [first] = dimensions;
  if (dimensions.length !== 1 || !first || metrics.length === 0) return undefined;
  const fitting = maps.filter((map) => map.dimension === first.column.name && !map.problem);
  return fitting.find(({ name }) => name === wanted) ?? fitting[0];
}

/** Property with a feature's name in a language. */
export const labelIn = (lang: Lang): 'label' | 'label_en' => (lang === 'en' ? 'label_en' : 'label');
