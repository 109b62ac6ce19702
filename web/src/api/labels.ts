/** How the values of code tables and dimensions are called: everything that shows a raw value asks here. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useLang, wordsOf } from '../i18n/texts';
import { api, read } from './client';

const labelsQuery = queryOptions({
  queryKey: ['metrics', 'labels'],
  queryFn: ({ signal }) => read(api.GET('/api/labels', { signal })),
  staleTime: 10 * 60_000,
});

export interface Labels {
  /** The title of a value of a code table; undefined where it has none. */
  ofCode: (codes: string | null | undefined, value: unknown) => string | undefined;
  /** The title of a value of a dimension; undefined where its values have none. */
  ofDimension: (dimension: string, value: unknown) => string | undefined;
}

export function useLabels(): Labels {
  const { data } = useQuery(labelsQuery);
  const lang = useLang();
  return useMemo(() => {
    const ofCode: Labels['ofCode'] = (codes, value) =>
      (codes && wordsOf(data?.codes[codes]?.[String(value)], lang)) || undefined;
    return { ofCode, ofDimension: (dimension, value) => ofCode(data?.dimensions[dimension], value) };
  }, [data, lang]);
}
