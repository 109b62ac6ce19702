import { cache } from '../../api/cache';
import { mayOf, meQuery } from '../../api/session';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { says } from '../../ui/sift';
import { allQuery, kindsQuery } from './queries';
import { textOf } from './words';

/** Found by their own features, on pages that lead on to the definition. */
const HAVE_PAGES = new Set(['dataset', 'source', 'metric', 'dashboard', 'alert']);

export const provider: SearchProvider = {
  kind: 'definitions',
  async search(text, { lang }) {
    const me = await cache.ensureQueryData(meQuery);
    if (!mayOf(me.permissions, 'definitions.view')) return [];
    const [all, { kinds }] = await Promise.all([cache.ensureQueryData(allQuery), cache.ensureQueryData(kindsQuery)]);
    const titles = new Map(kinds.map((each) => [each.name, wordsOf(each.title, lang, each.name)]));
    return all
      .filter((each) => !HAVE_PAGES.has(each.kind) && says(textOf(each), text))
      .map((each) => ({
        key: `${each.kind}/${each.name}`,
        title: wordsOf(each.title, lang, each.name),
        subtitle: `${titles.get(each.kind) ?? each.kind} · ${each.name}`,
        to: `/definitions/${each.kind}/${each.name}`,
      }));
  },
};
