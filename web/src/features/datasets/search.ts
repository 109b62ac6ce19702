import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { says } from '../../ui/sift';
import { datasetsQuery } from './queries';
import { fieldsMet, textOf } from './words';

export const provider: SearchProvider = {
  kind: 'datasets',
  async search(q, { lang }) {
    const all = await cache.ensureQueryData(datasetsQuery);
    return all
      .filter((each) => says(textOf(each, each.owner ?? ''), q))
      .map((each) => {
        const met = fieldsMet(each, q, lang).slice(0, 3).join(' · ');
        return {
          key: each.name,
          title: wordsOf(each.title, lang, each.name),
          subtitle: met ? `${each.name} — ${met}` : each.name,
          to: `/datasets/${each.name}`,
        };
      });
  },
};
