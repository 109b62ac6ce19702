/** What went around the loop in the last day, in one line; every figure leads to what it counts. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSeesOrders } from '../../api/session';
import { useFormat } from '../../ui/useFormat';
import { dayBefore, lastDayOf } from './figures';
import css from './loop.module.css';
import { alertsQuery, dayOf } from './queries';

export function LastDay() {
  const { t } = useTranslation('overview');
  const { short, full, now } = useFormat();
  const since = dayBefore(now());
  const batches = useQuery(dayOf.batches()).data;
  const episodes = useQuery(dayOf.episodes(since)).data;
  const alerts = useQuery(alertsQuery).data;
  const orders = useQuery({ ...dayOf.orders(since), enabled: useSeesOrders() }).data;
  const day = lastDayOf({ batches, episodes, orders }, since);
  const steps = [
    { key: 'rows', to: '/datasets', figure: day.rows, words: short(day.rows, 1) },
    { key: 'aside', to: '/datasets', figure: day.aside || undefined, words: short(day.aside, 1) },
    { key: 'fired', to: '/alerts', figure: alerts?.length === 0 ? undefined : day.fired, words: full(day.fired) },
    { key: 'opened', to: '/workorders', figure: day.opened, words: full(day.opened) },
    { key: 'finished', to: '/workorders', figure: day.finished, words: full(day.finished) },
  ].filter((each) => each.figure !== undefined);
  return (
    <p className={css.day}>
      <strong>{t('day.title')}</strong>
      {steps.map((each) => {
        const figure = each.key === 'rows' && day.isMore ? t('day.more', { count: each.words }) : each.words;
        const [before, after] = t(`day.${each.key}`, { count: figure }).split(figure);
        return (
          <span key={each.key}>
            {before}
            <Link to={each.to} search={each.key === 'aside' ? { sort: 'quarantined' } : {}} className="number">
              {figure}
            </Link>
            {after}
          </span>
        );
      })}
    </p>
  );
}
