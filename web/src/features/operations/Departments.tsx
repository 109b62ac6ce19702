/** How fresh each department's data is; every little square is a dataset and leads to it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { Card } from '../../ui/Card';
import { FRESHNESS } from '../../ui/freshness';
import { Empty, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import { byDepartment } from './figures';
import css from './overview.module.css';
import { datasetsQuery } from './queries';

export function Departments() {
  const { t } = useTranslation('overview');
  const query = useQuery(datasetsQuery);
  const department = useDepartment();
  const say = useSay();
  const { now, relative, fullMoment, percent, short } = useFormat();
  return (
    <Card title={t('freshness.title')} subtitle={t('freshness.subtitle')} flush>
      <StateView
        query={query}
        height={420}
        isEmpty={(all) => all.length === 0}
        empty={<Empty height={240} hint={t('freshness.empty')} />}
      >
        {(datasets) => (
          <>
            <ul className={css.departments}>
              {byDepartment(datasets, now()).map((each) => (
                <li key={each.owner ?? ''} className={css.department}>
                  <Link to="/datasets" search={each.owner ? { owner: each.owner } : {}} className={css.owner}>
                    {each.owner ? department(each.owner) : t('freshness.nobody')}
                  </Link>
                  <span className={css.squares}>
                    {each.datasets.map(({ dataset, step, at }) => {
                      const words = t('freshness.square', {
                        name: say(dataset.title, dataset.name),
                        step: t(`freshness.${step}`),
                        at: fullMoment(at),
                      });
                      return (
                        <Link
                          key={dataset.name}
                          to="/datasets/$name"
                          params={{ name: dataset.name }}
                          className={css.door}
                          title={words}
                          aria-label={words}
                        >
                          <span className={`${css.square} ${css[step]}`} aria-hidden="true" />
                        </Link>
                      );
                    })}
                  </span>
                  <span className={`${css.rows} number`}>{t('freshness.rows', { count: short(each.rows, 1) })}</span>
                  <span className={`${css.good} number`}>{percent(each.quality, 1)}</span>
                  <span className={css.age}>{relative(each.newest)}</span>
                </li>
              ))}
            </ul>
            <ul className={css.legend} aria-label={t('freshness.legend')}>
              {FRESHNESS.map((step) => (
                <li key={step}>
                  <span className={`${css.square} ${css[step]}`} aria-hidden="true" /> {t(`freshness.${step}`)}
                </li>
              ))}
            </ul>
          </>
        )}
      </StateView>
    </Card>
  );
}
