/** Loads a source now; each dataset is ticked off when the live channel says it is published. */
import { CheckCircleFilled, ClockCircleOutlined, LoadingOutlined, WarningFilled } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { type News, useNews } from '../../api/live';
import { Card } from '../../ui/Card';
import { useToldError } from '../../ui/toast';
import { type Source, sourcesQuery } from './queries';
import { stateOf } from './SourceState';
import css from './sources.module.css';

/** How often the state is asked for while a load runs, ms: loads without new rows publish nothing. */
const ASK_MS = 1_000;

interface Run {
  /** When the load before this one had finished. */
  before: string | null;
  done: Record<string, 'published' | 'held'>;
}

export function LoadNow({ source }: { source: Source }) {
  const { t } = useTranslation('sources');
  const onError = useToldError();
  const [run, setRun] = useState<Run>();
  const load = useMutation({
    mutationFn: () => read(api.POST('/api/sources/{name}/load', { params: { path: { name: source.name } } })),
    onMutate: () => setRun({ before: source.state?.finished_at ?? null, done: {} }),
    onError: (error) => {
      setRun(undefined);
      onError(error);
    },
  });
  const state = stateOf(source);
  const isOver =
    run !== undefined && source.state?.finished_at !== run.before && (state === 'done' || state === 'failed');
  const isRunning = run !== undefined && !isOver;
  useQuery({ ...sourcesQuery, refetchInterval: isRunning ? ASK_MS : false });
  useNews(
    useCallback((news: News) => {
      const dataset = typeof news.dataset === 'string' ? news.dataset : news.key;
      const end = news.topic === 'dataset.held' ? 'held' : news.topic === 'dataset.published' ? 'published' : undefined;
      if (end) setRun((now) => now && { ...now, done: { ...now.done, [dataset]: end } });
    }, []),
  );
  return (
    <Card title={t('load.title')} subtitle={t('load.subtitle')}>
      <Button type="primary" onClick={() => load.mutate()} loading={isRunning}>
        {isRunning ? t('load.running') : t('load.now')}
      </Button>
      <ol className={css.progress} aria-live="polite">
        {source.datasets.map((dataset) => (
          <li key={dataset}>
            <Step end={run?.done[dataset]} isRunning={isRunning} isOver={isOver} failed={state === 'failed'} />
            <code>{dataset}</code>
          </li>
        ))}
      </ol>
      {isOver && <p className={css.result}>{t(state === 'failed' ? 'load.failed' : 'load.done')}</p>}
    </Card>
  );
}

function Step(given: { end: 'published' | 'held' | undefined; isRunning: boolean; isOver: boolean; failed: boolean }) {
  const { t } = useTranslation('sources');
  const { end, isRunning, isOver, failed } = given;
  if (end === 'held') return <Sign icon={<WarningFilled className={css.bad} />} words={t('load.held')} />;
  if (end === 'published')
    return <Sign icon={<CheckCircleFilled className={css.good} />} words={t('load.published')} />;
  if (isRunning) return <Sign icon={<LoadingOutlined className={css.busy} />} words={t('load.waiting')} />;
  if (isOver && failed) return <Sign icon={<WarningFilled className={css.bad} />} words={t('load.notLoaded')} />;
  if (isOver) return <Sign icon={<CheckCircleFilled className={css.good} />} words={t('load.unchanged')} />;
  return <Sign icon={<ClockCircleOutlined className={css.idle} />} words={t('load.ready')} />;
}

function Sign({ icon, words }: { icon: React.ReactNode; words: string }) {
  return (
    <span className={css.sign}>
      <span aria-hidden="true">{icon}</span> {words}
    </span>
  );
}
