import { cache } from '../../api/cache';
import { departmentsQuery } from '../../api/departments';
import { labelsOf, labelsQuery, valueWords } from '../../api/labels';
import { wordsOf } from '../../i18n/texts';
import type { NoticeProvider } from '../../ui/registry';
import type { Place } from './places';
import { alertsQuery, episodesQuery } from './queries';

/** What fires and nobody has acknowledged yet. */
export const provider: NoticeProvider = {
  noun: 'alerts',
  async load({ lang }) {
    const [rules, episodes, departments, labels] = await Promise.all([
      cache.fetchQuery({ ...alertsQuery, staleTime: 0 }),
      cache.fetchQuery({ ...episodesQuery({ is_open: true, limit: 50 }), staleTime: 0 }),
      cache.fetchQuery(departmentsQuery),
      cache.fetchQuery(labelsQuery),
    ]);
    const known = {
      department: (name: string) => wordsOf(departments.find((each) => each.name === name)?.title, lang, name),
      ofDimension: labelsOf(labels, lang).ofDimension,
    };
    const partsOf = (place: Place) =>
      Object.entries(place).map(([dimension, value]) => valueWords(dimension, value, known));
    return episodes
      .filter((each) => each.acknowledged_by === null)
      .map((each) => {
        const title = rules.find(({ definition }) => definition.name === each.alert)?.definition.title;
        return {
          key: `alert-${each.id}`,
          title: [wordsOf(title, lang, each.alert), ...partsOf(each.place)].join(' · '),
          at: each.fired_at,
          tone: each.severity === 'critical' ? 'bad' : each.severity === 'warning' ? 'warning' : 'info',
          to: `/alerts/${each.alert}`,
        };
      });
  },
};
