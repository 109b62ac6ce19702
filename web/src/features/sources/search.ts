import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { says } from '../../ui/sift';
import { sourcesQuery } from './queries';
import { textOf } from './words';

const MOST = 8;

export const provider: SearchProvider = {
  kind: 'sources',
  async search(text, { lang }) {
    const all = await cache.ensureQueryData(sourcesQuery);
    return all
      .filter((each) => says(textOf(each), text))
      .slice(0, MOST)
      .map((each) => ({
        key: each.name,
        title: wordsOf(each.title, lang, each.name),
        subtitle: `${each.connector} — ${each.datasets.join(' · ')}`,
        to: `/sources/${each.name}`,
      }));
  },
};
