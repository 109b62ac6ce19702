/** How the values of code tables and dimensions are called: everything that shows a raw value asks here. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Lang } from '../i18n';
import { useLang, wordsOf } from '../i18n/texts';
import { api, read, type Schema } from './client';

export const labelsQuery = queryOptions({
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
  return useMemo(() => labelsOf(data, lang), [data, lang]);
}

/** The same for what is not a component. */
export function labelsOf(data: Schema<'LabelsBody'> | undefined, lang: Lang): Labels {
  const ofCode: Labels['ofCode'] = (codes, value) =>
    (codes && wordsOf(data?.codes[codes]?.[String(value)], lang)) || undefined;
  return { ofCode, ofDimension: (dimension, value) => ofCode(data?.dimensions[dimension], value) };
}

interface Known extends Pick<Labels, 'ofDimension'> {
  /** Title of a department. */
  department: (name: string) => string;
}

/** One part of a place in words, by what is known of departments and values. */
export function valueWords(dimension: string, value: unknown, { department, ofDimension }: Known): string {
  if (value === null || value === undefined) return '–';
  const isDepartment = dimension.endsWith('department');
  return ofDimension(dimension, value) ?? (isDepartment ? department(String(value)) : String(value));
}
