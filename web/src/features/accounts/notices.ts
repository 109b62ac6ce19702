import i18next from 'i18next';
import { cache } from '../../api/cache';
import { rolesQuery } from '../../api/roles';
import { mayOf, meQuery } from '../../api/session';
import { wordsOf } from '../../i18n/texts';
import type { NoticeProvider } from '../../ui/registry';
import { openRequestsQuery } from './queries';

/** Role requests that wait, for those who decide them; one's own are somebody else's to decide. */
export const provider: NoticeProvider = {
  noun: 'accounts',
  async load({ lang }) {
    const me = await cache.ensureQueryData(meQuery);
    if (!mayOf(me.permissions, 'people.manage')) return [];
    const [requests, roles] = await Promise.all([
      cache.fetchQuery({ ...openRequestsQuery, staleTime: 0 }),
      cache.ensureQueryData(rolesQuery),
    ]);
    return requests
      .filter((each) => me.id !== `person:${each.user_name}`)
      .map((each) => ({
        key: `request-${each.id}`,
        title: i18next.t('shell:notices.request', {
          name: each.display_name,
          role: wordsOf(roles.find(({ name }) => name === each.role)?.title, lang, each.role),
        }),
        at: each.asked_at,
        tone: 'info',
        to: '/people?tab=requests',
      }));
  },
};
