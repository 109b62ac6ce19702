/** What the editor knows of one kind: its schema in the person's language, and the names that the city has. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang, useSay } from '../../i18n/texts';
import type { Assist } from '../../ui/CodeView';
import { assistOf, type NamedThing } from './assist';
import { allQuery, kindsQuery, schemaQuery, usableDimensionsQuery } from './queries';

/** Metrics of a text whose dimensions are asked for; more make no better help. */
const MOST_METRICS = 6;

export function useAssist(kind: string, text: string): Assist | undefined {
  const { t } = useTranslation('definitions');
  const lang = useLang();
  const say = useSay();
  const schema = useQuery(schemaQuery(kind, lang)).data;
  const all = useQuery(allQuery).data;
  const kinds = useQuery(kindsQuery).data?.kinds;
  const dimensions = useDimensions(text);
  return useMemo(() => {
    if (!schema) return undefined;
    const titled = new Map(kinds?.map((each) => [each.name, say(each.title, each.name)]));
    return assistOf({
      schema,
      names: (wanted) =>
        wanted === 'dimension'
          ? dimensions
          : (all ?? [])
              .filter((each) => each.kind === wanted)
              .map((each) => ({ name: each.name, title: say(each.title, each.name) })),
      words: {
        shape: (shape) => t(`shape.${shape}`),
        required: t('required'),
        allowed: (values) => t('allowed', { values }),
        usual: (value) => t('usual', { value }),
        namesOf: (wanted) => (wanted === 'dimension' ? t('dimension') : (titled.get(wanted) ?? wanted)),
        or: t('or'),
      },
    });
  }, [schema, all, kinds, dimensions, t, say]);
}

/** Dimensions of the metrics that the text names: those it may group and filter by. */
function useDimensions(text: string): readonly NamedThing[] {
  const say = useSay();
  const all = useQuery(allQuery).data;
  const metrics = useMemo(() => {
    const words = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
    const named = (all ?? []).filter((each) => each.kind === 'metric' && words.has(each.name));
    return named.slice(0, MOST_METRICS).map((each) => each.name);
  }, [all, text]);
  const found = useQueries({
    queries: metrics.map(usableDimensionsQuery),
    combine: (queries) => queries.flatMap((query) => query.data ?? []),
  });
  return useMemo(() => {
    const byName = new Map(found.map((each) => [each.name, say(each.title, each.name)]));
    return [...byName].map(([name, title]) => ({ name, title }));
  }, [found, say]);
}
