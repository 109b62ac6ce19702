/** Ask for numbers without a dashboard: pick metrics, split, filter; everything stands in the URL. */
import { RedoOutlined, UndoOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { answerQuery, metricsQuery } from '../../query/queries';
import { type ExploreState, exploreView, queryOfState } from '../../query/view';
import { useView } from '../../routing/search';
import { Page } from '../../ui/Page';
import { Empty, Skeleton } from '../../ui/StateView';
import { useShortcut } from '../../ui/shortcuts';
import { ExploreBuilder } from './ExploreBuilder';
import { ExploreFailure } from './ExploreFailure';
import { ExploreResult } from './ExploreResult';
import { ExploreStart } from './ExploreStart';
import css from './explore.module.css';
import { useSteps } from './useSteps';

export function ExplorePage() {
  const { t } = useTranslation('explore');
  const [state, change] = useView(exploreView);
  const query = useMemo(() => queryOfState(state), [state]);
  const answer = useQuery(answerQuery(query));
  const metrics = useQuery(metricsQuery);
  const say = useSay();
  const steps = useSteps();
  useShortcut('undo', steps.undo);
  useShortcut('redo', steps.redo);
  const step = useCallback((changed: Partial<ExploreState>) => change(changed, 'push'), [change]);
  const titles = useMemo(
    () => Object.fromEntries((metrics.data ?? []).map((each) => [each.name, say(each.title, each.name)])),
    [metrics.data, say],
  );
  const isAsking = query.metrics.length > 0;
  return (
    <Page
      title={t('title')}
      subtitle={t('subtitle')}
      actions={
        <>
          <Button
            icon={<UndoOutlined aria-hidden="true" />}
            disabled={!steps.undo}
            onClick={steps.undo}
            aria-label={t('undo')}
          />
          <Button
            icon={<RedoOutlined aria-hidden="true" />}
            disabled={!steps.redo}
            onClick={steps.redo}
            aria-label={t('redo')}
          />
          <Button disabled={!isAsking} onClick={() => change(NOTHING, 'push')}>
            {t('clear')}
          </Button>
        </>
      }
    >
      <div className={css.page}>
        <ExploreBuilder state={state} change={step} metrics={metrics} titles={titles} />
        <div className={css.result}>
          {!isAsking && <ExploreStart metrics={metrics.data ?? []} onStart={step} />}
          {isAsking && answer.isError && (
            <ExploreFailure
              error={answer.error}
              query={query}
              change={step}
              retry={() => void answer.refetch()}
              titles={titles}
            />
          )}
          {isAsking && answer.isPending && (
            <section className={css.panel}>
              <Skeleton height={420} />
            </section>
          )}
          {isAsking && !answer.isError && answer.data && (
            <ExploreResult
              answer={answer.data}
              chart={state.chart}
              onChart={(chart) => step({ chart })}
              titles={titles}
              isOld={answer.isPlaceholderData}
            />
          )}
          {metrics.data?.length === 0 && <Empty title={t('none')} hint={t('noneHint')} height={320} />}
        </div>
      </div>
    </Page>
  );
}

const NOTHING: Partial<ExploreState> = {
  metrics: [],
  by: [],
  grain: 'none',
  range: '',
  filters: [],
  order: '',
  limit: 0,
  chart: 'auto',
};
