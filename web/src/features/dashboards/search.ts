import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { dashboardsQuery } from './queries';

export const provider: SearchProvider = {
  kind: 'dashboards',
  search: async (text, { lang }) => {
    const all = await cache.ensureQueryData(dashboardsQuery);
    const wanted = text.toLowerCase();
    return all
      .filter(({ name, title, description }) =>
        [name, title.zh, title.en, description?.zh, description?.en].join(' ').toLowerCase().includes(wanted),
      )
      .map(({ name, title, description }) => ({
        key: name,
        title: wordsOf(title, lang, name),
        subtitle: wordsOf(description, lang),
        to: `/dashboards/${name}`,
      }));
  },
};
