import { cache } from '../../api/cache';
import { meQuery, seesOrders } from '../../api/session';
import { wordsOf } from '../../i18n/texts';
import type { SearchProvider } from '../../ui/registry';
import { found } from './queries';

const MOST = 8;

export const provider: SearchProvider = {
  kind: 'workorders',
  async search(text, { lang, signal }) {
    const { permissions } = await cache.ensureQueryData(meQuery);
    if (!seesOrders(permissions)) return [];
    const orders = await found(text.slice(0, 200), MOST, signal);
    return orders.map((each) => ({
      key: each.number,
      title: wordsOf(each.title, lang, each.number),
      subtitle: each.number,
      to: `/workorders/${each.number}`,
    }));
  },
};
