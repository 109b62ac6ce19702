/** Nothing chosen yet: a few questions that work, one click each. */
import { LineChartOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import type { ExploreState } from '../../query/view';
import css from './explore.module.css';
import { lineageQuery, type Metric } from './queries';
import { bestKnown } from './ranking';

const OFFERED = 6;

export function ExploreStart({
  metrics,
  onStart,
}: {
  metrics: readonly Metric[];
  onStart: (changed: Partial<ExploreState>) => void;
}) {
  const { t } = useTranslation('explore');
  const say = useSay();
  const lineage = useQuery(lineageQuery).data;
  const readable = metrics.filter((each) => each.readable);
  const offered = lineage ? bestKnown(readable, lineage).slice(0, OFFERED) : [];
  const isTimed = (metric: Metric) => lineage?.find((each) => each.metric === metric.name)?.has_time;
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
              onClick={() =>
                onStart(isTimed(each) ? { metrics: [each.name], grain: 'day', range: '30d' } : { metrics: [each.name] })
              }
            >
              <span>
                <b>{say(each.title, each.name)}</b>
                <small>{say(each.description) || t(isTimed(each) ? 'daily' : 'total')}</small>
              </span>
              <RightOutlined aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
