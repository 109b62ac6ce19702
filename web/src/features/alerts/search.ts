import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { alertsQuery } from './queries';

export const provider: SearchProvider = {
  kind: 'alerts',
  async search(text, { lang }) {
    const word = text.toLowerCase();
    const all = await cache.ensureQueryData(alertsQuery);
    return all
      .filter(({ definition: { name, title } }) => `${name} ${title.zh} ${title.en}`.toLowerCase().includes(word))
      .map(({ definition: { name, title } }) => ({
        key: name,
        title: wordsOf(title, lang, name),
        subtitle: name,
        to: `/alerts/${name}`,
      }));
  },
};
