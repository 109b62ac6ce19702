import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';
import type { Lang } from '../../i18n';

export type Outcome = Schema<'OutcomeBody'>;
export type Chip = Schema<'ChipBody'>;

export function outcomeQuery(text: string) {
  return queryOptions({
    queryKey: ['ask', 'outcome', text],
    enabled: text !== '',
    queryFn: ({ signal }) => read(api.POST('/api/ask', { body: { text }, signal })),
  });
}

/** Questions that can be asked about what was typed, in `lang` whatever the page's language is. */
export function suggestionsQuery(text: string, lang: Lang) {
  return queryOptions({
    queryKey: ['ask', 'suggestions', text, lang],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/ask/suggestions', {
          params: { query: { text } },
          querySerializer: (query) => new URLSearchParams({ text: query.text ?? '', lang }).toString(),
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
  });
}
