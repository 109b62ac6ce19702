import { cache } from '../../api/cache';
import { meQuery, seesOrders } from '../../api/session';
import { wordsOf } from '../../i18n/texts';
import type { NoticeProvider } from '../../ui/registry';
import { overdueQuery } from './queries';

/** Orders past their deadline, of those that the person may see. */
export const provider: NoticeProvider = {
  noun: 'workorders',
  async load({ lang }) {
    const { permissions } = await cache.ensureQueryData(meQuery);
    if (!seesOrders(permissions)) return [];
    const { orders } = await cache.fetchQuery({ ...overdueQuery, staleTime: 0 });
    return orders.map((each) => ({
      key: `order-${each.id}`,
      title: `${each.number} ${wordsOf(each.title, lang, each.number)}`,
      at: each.due_at ?? each.opened_at,
      tone: 'bad',
      to: `/workorders/${each.number}`,
    }));
  },
};
