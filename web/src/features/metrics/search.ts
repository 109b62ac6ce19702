import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { met } from './filters';
import { metricsQuery } from './queries';

const MOST = 8;

export const provider: SearchProvider = {
  kind: 'metrics',
  async search(text, { lang }) {
    const all = await cache.ensureQueryData(metricsQuery);
    return all
      .filter((each) => met(each, text))
      .slice(0, MOST)
      .map((each) => ({
        key: each.name,
        title: wordsOf(each.title, lang, each.name),
        subtitle: [each.name, wordsOf(each.unit, lang), ...each.synonyms[lang].slice(0, 2)].filter(Boolean).join(' · '),
        to: `/metrics/${each.name}`,
      }));
  },
};
