import { cache } from '../../api/cache';
import { mayOf, meQuery } from '../../api/session';
import type { SearchProvider } from '../../ui/registry';
import { peopleQuery } from './queries';

export const provider: SearchProvider = {
  kind: 'people',
  async search(q) {
    const me = cache.getQueryData(meQuery.queryKey);
    if (!me || !mayOf(me.permissions, 'people.manage')) return [];
    const wanted = q.toLowerCase();
    const all = await cache.ensureQueryData(peopleQuery);
    return all
      .filter((each) => each.user_name.includes(wanted) || each.display_name.toLowerCase().includes(wanted))
      .map((each) => ({
        key: each.user_name,
        title: each.display_name,
        subtitle: each.user_name,
        to: `/people?tab=people&who=${encodeURIComponent(each.user_name)}`,
      }));
  },
};
