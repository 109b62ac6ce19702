/** The answer: how the question was read, the number or chart, and where it comes from. */
import { CloseOutlined, DownOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../charts/AnswerView';
import type { Answer } from '../../charts/answer';
import type { ChartHandle } from '../../charts/Chart';
import { useLang, useSay } from '../../i18n/texts';
import { mapsQuery } from '../../map/queries';
import { chartFor, fits, heightFor } from '../../query/choose';
import { Evidence, MetricWords } from '../../query/Evidence';
import { fileName, saveAnswer } from '../../query/export';
import { queryOf } from '../../query/model';
import { useNames } from '../../query/useWords';
import { CHARTS, exploreSearch } from '../../query/view';
import { Card } from '../../ui/Card';
import { SideDrawer } from '../../ui/SideDrawer';
import { useFormat } from '../../ui/useFormat';
import css from './ask.module.css';
import type { Chip, Outcome } from './queries';
import { isLoose, TIMES, withInstead, without } from './words';

interface OutcomeProps {
  outcome: Outcome;
  onAsk: (question: string) => void;
}

export function Answered({ outcome, onAsk }: OutcomeProps) {
  const { answer } = outcome;
  return (
    <>
      <Understood outcome={outcome} onAsk={onAsk} />
      {answer && <Result outcome={outcome} answer={answer} />}
    </>
  );
}

function Understood({ outcome, onAsk }: OutcomeProps) {
  const { t } = useTranslation('ask');
  return (
    <section className={css.understood} aria-label={t('understood')}>
      <h2>{t('understood')}</h2>
      <ul className={css.chips}>
        {outcome.chips.map((chip, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same word may stand twice
          <li key={`${chip.kind}-${i}`}>
            <ChipView chip={chip} question={outcome.text} lang={outcome.lang} onAsk={onAsk} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ChipProps {
  chip: Chip;
  question: string;
  lang: Outcome['lang'];
  onAsk: (question: string) => void;
}

function ChipView({ chip, question, lang, onAsk }: ChipProps) {
  const { t } = useTranslation('ask');
  const say = useSay();
  const meaning = say(chip.meaning);
  const times = TIMES[lang].map((time) => ({
    key: time,
    label: time,
    onClick: () => onAsk(withInstead(question, chip.text, time)),
  }));
  return (
    <span className={css.chip} data-assumed={chip.assumed} data-kind={chip.kind}>
      <span className={css.kind}>{t(`kinds.${chip.kind}`, { defaultValue: t('kinds.other') })}</span>
      {chip.text && chip.text !== meaning && <q>{chip.text}</q>}
      <b>{meaning}</b>
      {chip.assumed && <span className={css.kind}>{t('assumed')}</span>}
      {chip.kind === 'time' && (
        <Dropdown menu={{ items: times }} trigger={['click']} autoFocus>
          <button type="button" aria-label={t('swap', { piece: meaning })}>
            <DownOutlined aria-hidden="true" />
          </button>
        </Dropdown>
      )}
      {isLoose(chip, question) && (
        <button
          type="button"
          aria-label={t('leaveOut', { piece: chip.text })}
          onClick={() => onAsk(without(question, chip.text))}
        >
          <CloseOutlined aria-hidden="true" />
        </button>
      )}
    </span>
  );
}

function Result({ outcome, answer }: { outcome: Outcome; answer: Answer }) {
  const { t } = useTranslation(['ask', 'query']);
  const say = useSay();
  const lang = useLang();
  const { moment, fullMoment } = useFormat();
  const [isOpen, setOpen] = useState(false);
  const picture = useRef<ChartHandle>(null);
  const answers = useMemo(() => [answer], [answer]);
  const names = useNames(answers);
  const query = useMemo(() => queryOf(answer.query), [answer]);
  const chart = CHARTS.find((each) => each === outcome.chart && each !== 'auto') ?? chartFor(answer);
  const { data: maps } = useQuery(mapsQuery);
  const [isMap, setMap] = useState(false);
  const canMap = fits(answer, 'map', maps);
  const usual = chart === 'auto' ? chartFor(answer) : chart;
  const kind = isMap && canMap ? 'map' : usual;
  const title = say(outcome.message);
  const asOf = answer.as_of ? t('asOf', { at: moment(answer.as_of) }) : t('noData');
  const notes = [outcome.text, title, t('asOf', { at: fullMoment(answer.as_of) })];
  return (
    <Card
      title={title}
      actions={
        <>
          {canMap && (
            <Button size="small" type="link" aria-pressed={isMap} onClick={() => setMap(!isMap)}>
              {t(`query:charts.${isMap ? usual : 'map'}`)}
            </Button>
          )}
          <Link to="/explore" search={exploreSearch(query, kind)} className={css.explore}>
            {t('explore')}
          </Link>
        </>
      }
      foot={
        <span className={css.foot}>
          <span className="number">
            {[asOf, answer.limited.length > 0 && t('limited')].filter(Boolean).join(' · ')}
          </span>
          <span>
            <Button size="small" type="link" onClick={() => setOpen(true)}>
              {t('evidence')}
            </Button>
            <Button size="small" type="link" onClick={() => saveAnswer(answer, title, lang, notes)}>
              CSV
            </Button>
            {kind !== 'kpi' && kind !== 'table' && kind !== 'map' && (
              <Button size="small" type="link" onClick={() => picture.current?.png(fileName(title))}>
                PNG
              </Button>
            )}
          </span>
        </span>
      }
    >
      <div className={kind === 'kpi' ? css.figure : undefined}>
        <AnswerView
          answer={answer}
          chart={kind}
          ref={picture}
          height={kind === 'table' ? 400 : heightFor(answer, kind, 320)}
        />
      </div>
      <div className={css.definition}>
        <MetricWords metrics={query.metrics} />
      </div>
      <SideDrawer open={isOpen} onClose={() => setOpen(false)} title={t('evidence')} width={640}>
        <Evidence answer={answer} names={names} />
      </SideDrawer>
    </Card>
  );
}
