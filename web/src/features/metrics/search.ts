import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { says } from '../../ui/sift';
import { metricsQuery } from './queries';
import { textOf } from './words';

export const provider: SearchProvider = {
  kind: 'metrics',
  async search(text, { lang }) {
    const all = await cache.ensureQueryData(metricsQuery);
    return all
      .filter((each) => says(textOf(each), text))
      .map((each) => ({
        key: each.name,
        title: wordsOf(each.title, lang, each.name),
        subtitle: [each.name, wordsOf(each.unit, lang), ...each.synonyms[lang].slice(0, 2)].filter(Boolean).join(' · '),
        to: `/metrics/${each.name}`,
      }));
  },
};
