/** The answer: chart, the table below it, and where it comes from. */
import { DownloadOutlined, InfoCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../charts/AnswerView';
import type { Answer } from '../../charts/answer';
import type { ChartHandle } from '../../charts/Chart';
import { useLang } from '../../i18n/texts';
import { mapsQuery } from '../../map/queries';
import { chartFor, fits, heightFor } from '../../query/choose';
import { Evidence } from '../../query/Evidence';
import { fileName, saveAnswer } from '../../query/export';
import { queryOf } from '../../query/model';
import { useNames, useWords } from '../../query/useWords';
import { CHARTS, type ExploreState } from '../../query/view';
import { Card } from '../../ui/Card';
import { SideDrawer } from '../../ui/SideDrawer';
import { useFormat } from '../../ui/useFormat';
import css from './explore.module.css';

interface ResultProps {
  answer: Answer;
  chart: ExploreState['chart'];
  onChart: (chart: ExploreState['chart']) => void;
  titles: Readonly<Record<string, string>>;
  /** The answer belongs to the query before. */
  isOld: boolean;
}

const CHART_HEIGHT = 340;
const MOST_TABLE_HEIGHT = 420;
const ROW = 47;

export function ExploreResult({ answer, chart, onChart, titles, isOld }: ResultProps) {
  const { t } = useTranslation(['explore', 'query']);
  const lang = useLang();
  const words = useWords();
  const { moment, fullMoment, full } = useFormat();
  const picture = useRef<ChartHandle>(null);
  const [isOpen, setOpen] = useState(false);
  const answers = useMemo(() => [answer], [answer]);
  const names = useNames(answers, titles);
  const query = useMemo(() => queryOf(answer.query), [answer]);
  const { data: maps } = useQuery(mapsQuery);
  const best = chartFor(answer);
  const shown = chart === 'auto' || !fits(answer, chart, maps) ? best : chart;
  const title = query.metrics.map((name) => names.title(name)).join(t('query:and'));
  const notes = [words.query(query, names), t('asOf', { at: fullMoment(answer.as_of) })];
  const isDrawn = shown !== 'kpi' && shown !== 'table' && shown !== 'map' && answer.row_count > 0;
  return (
    <div className={css.stack} data-old={isOld} aria-busy={isOld}>
      <Card
        title={title}
        subtitle={words.query({ ...query, metrics: [] }, names).replace(/[，;\s]+$/, '')}
        actions={
          <>
            <Button
              size="small"
              type="text"
              icon={<DownloadOutlined aria-hidden="true" />}
              disabled={!isDrawn}
              onClick={() => picture.current?.png(fileName(title))}
            >
              PNG
            </Button>
            <Button
              size="small"
              type="text"
              icon={<InfoCircleOutlined aria-hidden="true" />}
              onClick={() => setOpen(true)}
            >
              {t('evidence')}
            </Button>
          </>
        }
        foot={
          <span className={css.foot}>
            <span className="number">
              {[
                answer.as_of && t('asOf', { at: moment(answer.as_of) }),
                words.period(answer.period),
                answer.limited.length > 0 && t('limited'),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
        }
      >
        <div className={css.charts}>
          <Segmented<ExploreState['chart']>
            size="small"
            aria-label={t('query:charts.label')}
            value={chart}
            onChange={onChart}
            options={CHARTS.map((each) => ({
              value: each,
              label:
                each === 'auto'
                  ? `${t('query:charts.auto')} · ${t(`query:charts.${best}`)}`
                  : t(`query:charts.${each}`),
              disabled: each !== 'auto' && !fits(answer, each, maps),
            }))}
          />
        </div>
        {shown !== 'table' && (
          <div>
            <AnswerView answer={answer} chart={shown} height={heightFor(answer, shown, CHART_HEIGHT)} ref={picture} />
          </div>
        )}
        {shown === 'table' && <p className={css.hint}>{t('tableBelow')}</p>}
      </Card>
      <Card
        flush
        title={t('table')}
        subtitle={t('rows', { count: full(answer.row_count) })}
        actions={
          <Button
            size="small"
            type="text"
            icon={<DownloadOutlined aria-hidden="true" />}
            onClick={() => saveAnswer(answer, title, lang, notes)}
          >
            CSV
          </Button>
        }
      >
        <AnswerView
          answer={answer}
          chart="table"
          height={Math.min(MOST_TABLE_HEIGHT, (answer.row_count + 1) * ROW + 8)}
        />
      </Card>
      <SideDrawer open={isOpen} onClose={() => setOpen(false)} title={t('evidence')} width={640}>
        <Evidence answer={answer} names={names} />
      </SideDrawer>
    </div>
  );
}
