import i18next from 'i18next';
import { cache } from '../../api/cache';
import { ownRequestsQuery, rolesQuery } from '../../api/roles';
import { cityQuery, type Me, mayOf, meQuery } from '../../api/session';
import { wordsOf } from '../../i18n/texts';
import type { Notice, NoticeProvider } from '../../ui/registry';
import { newDecisions, seenAt } from './decisions';
import { openRequestsQuery } from './queries';

type Role = (name: string) => string;

/** Role requests: those that wait, for those who decide them, and what became of one's own. */
export const provider: NoticeProvider = {
  noun: 'accounts',
  async load({ lang }) {
    const me = await cache.ensureQueryData(meQuery);
    const roles = await cache.ensureQueryData(rolesQuery);
    const role: Role = (name) => wordsOf(roles.find((each) => each.name === name)?.title, lang, name);
    const found = await Promise.all([waiting(me, role), decided(me, role)]);
    return found.flat();
  },
};

/** One's own are somebody else's to decide. */
async function waiting(me: Me, role: Role): Promise<Notice[]> {
  if (!mayOf(me.permissions, 'people.manage')) return [];
  const requests = await cache.fetchQuery({ ...openRequestsQuery, staleTime: 0 });
  return requests
    .filter((each) => me.id !== `person:${each.user_name}`)
    .map((each) => ({
      key: `request-${each.id}`,
      title: i18next.t('shell:notices.request', { name: each.display_name, role: role(each.role) }),
      at: each.asked_at,
      tone: 'info',
      to: '/people?tab=requests',
    }));
}

async function decided(me: Me, role: Role): Promise<Notice[]> {
  const [requests, city] = await Promise.all([
    cache.fetchQuery({ ...ownRequestsQuery, staleTime: 0 }),
    cache.ensureQueryData(cityQuery),
  ]);
  return newDecisions(requests, seenAt(me.id), city.now ? new Date(city.now) : new Date()).map((each) => ({
    key: `decision-${each.id}`,
    title: i18next.t(each.state === 'granted' ? 'shell:notices.granted' : 'shell:notices.declined', {
      role: role(each.role),
    }),
    ...(each.note ? { note: each.note } : {}),
    at: each.decided_at ?? each.asked_at,
    tone: each.state === 'granted' ? 'good' : 'bad',
    to: '/people?tab=account',
  }));
}
