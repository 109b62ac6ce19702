import { cache } from '../../api/cache';
import { mayOf, meQuery } from '../../api/session';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { says } from '../../ui/sift';
import { sourcesQuery } from './queries';
import { textOf } from './words';

export const provider: SearchProvider = {
  kind: 'sources',
  async search(text, { lang }) {
    const { permissions } = await cache.ensureQueryData(meQuery);
    if (!mayOf(permissions, 'definitions.view')) return [];
    const all = await cache.ensureQueryData(sourcesQuery);
    return all
      .filter((each) => says(textOf(each), text))
      .map((each) => ({
        key: each.name,
        title: wordsOf(each.title, lang, each.name),
        subtitle: `${each.connector} — ${each.datasets.join(' · ')}`,
        to: `/sources/${each.name}`,
      }));
  },
};
