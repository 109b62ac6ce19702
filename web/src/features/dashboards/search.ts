import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { says } from '../../ui/sift';
import { dashboardsQuery } from './queries';
import { textOf } from './words';

export const provider: SearchProvider = {
  kind: 'dashboards',
  search: async (text, { lang }) => {
    const all = await cache.ensureQueryData(dashboardsQuery);
    return all
      .filter((each) => says(textOf(each), text))
      .map(({ name, title, description }) => ({
        key: name,
        title: wordsOf(title, lang, name),
        subtitle: wordsOf(description, lang),
        to: `/dashboards/${name}`,
      }));
  },
};
