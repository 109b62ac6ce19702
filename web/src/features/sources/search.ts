import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { sourcesQuery } from './queries';

const MOST = 8;

export const provider: SearchProvider = {
  kind: 'sources',
  async search(text, { lang }) {
    const word = text.toLowerCase();
    const all = await cache.ensureQueryData(sourcesQuery);
    return all
      .filter((each) =>
        [each.name, each.title.zh, each.title.en, each.connector, ...each.datasets]
          .join(' ')
          .toLowerCase()
          .includes(word),
      )
      .slice(0, MOST)
      .map((each) => ({
        key: each.name,
        title: wordsOf(each.title, lang, each.name),
        subtitle: `${each.connector} — ${each.datasets.join(' · ')}`,
        to: `/sources/${each.name}`,
      }));
  },
};
