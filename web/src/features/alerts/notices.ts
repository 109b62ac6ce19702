import { cache } from '../../api/cache';
import { wordsOf } from '../../i18n/texts';
import type { NoticeProvider } from '../../ui/registry';
import { alertsQuery, episodesQuery } from './queries';

/** What fires and nobody has acknowledged yet. */
export const provider: NoticeProvider = {
  noun: 'alerts',
  async load({ lang }) {
    const [rules, episodes] = await Promise.all([
      cache.fetchQuery({ ...alertsQuery, staleTime: 0 }),
      cache.fetchQuery({ ...episodesQuery({ is_open: true, limit: 50 }), staleTime: 0 }),
    ]);
    return episodes
      .filter((each) => each.acknowledged_by === null)
      .map((each) => {
        const title = rules.find(({ definition }) => definition.name === each.alert)?.definition.title;
        return {
          key: `alert-${each.id}`,
          title: [wordsOf(title, lang, each.alert), ...Object.values(each.place)].join(' · '),
          at: each.fired_at,
          tone: each.severity === 'critical' ? 'bad' : each.severity === 'warning' ? 'warning' : 'info',
          to: `/alerts/${each.alert}`,
        };
      });
  },
};
