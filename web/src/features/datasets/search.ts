import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { fieldsMet, filtered } from './filters';
import { datasetsQuery } from './queries';

const MOST = 8;
const ANY = { owner: '', level: 0, sharing: '', fresh: '' };

export const provider: SearchProvider = {
  kind: 'datasets',
  async search(q, { lang }) {
    const all = await cache.ensureQueryData(datasetsQuery);
    return filtered(all, { ...ANY, q }, (owner) => owner ?? '', new Date())
      .slice(0, MOST)
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
