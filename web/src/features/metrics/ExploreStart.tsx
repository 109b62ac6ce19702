/** Nothing chosen yet: a few questions that work, one click each. */
import { LineChartOutlined, RightOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../api/client';
import { useSay } from '../../i18n/texts';
import type { ExploreState } from '../../query/view';
import css from './explore.module.css';

const OFFERED = 6;

export function ExploreStart({
  metrics,
  onStart,
}: {
  metrics: readonly Schema<'MetricSummary'>[];
  onStart: (changed: Partial<ExploreState>) => void;
}) {
  const { t } = useTranslation('explore');
  const say = useSay();
  const owners = new Set<string | null>();
  const varied = metrics.filter(({ owner }) => !owners.has(owner) && owners.add(owner));
  const offered = [...varied, ...metrics.filter((each) => !varied.includes(each))].slice(0, OFFERED);
  return (
    <section className={`${css.panel} ${css.start}`}>
      <LineChartOutlined aria-hidden="true" className={css.sign} />
      <h2>{t('start')}</h2>
      <p>{t('startHint')}</p>
      <ul>
        {offered.map((each) => (
          <li key={each.name}>
            <button
              type="button"
              className={css.offer}
              onClick={() => onStart({ metrics: [each.name], grain: 'day', range: '30d' })}
            >
              <span>
                <b>{say(each.title, each.name)}</b>
                <small>{say(each.description) || t('daily')}</small>
              </span>
              <RightOutlined aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
