/** A tile as a panel: ranks with their states in words, or a chart at the screen's scale. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../../charts/AnswerView';
import { type Answer, figure, labelOf, numberAt, readAnswer } from '../../../charts/answer';
import { Chart } from '../../../charts/Chart';
import { DRAWN, type Drawn, describe, optionOf } from '../../../charts/options';
import { useLang, useSay } from '../../../i18n/texts';
import { queryOf } from '../../../query/model';
import { useWords } from '../../../query/useWords';
import { useTheme } from '../../../theme/mode';
import { Words } from '../../../ui/Words';
import type { Tile } from '../queries';
import { Panel } from './Panel';
import panelCss from './panel.module.css';
import { scaled, useScale } from './scale';
import css from './screen.module.css';
import { type State, stateOf, variableOf } from './states';

export function TilePanel({ tile, onOpen }: { tile: Tile; onOpen: () => void }) {
  const { t } = useTranslation('cockpit');
  const say = useSay();
  const words = useWords();
  const { answer } = tile;
  return (
    <Panel title={say(tile.title, tile.name)} note={answer && words.range(queryOf(answer.query).range)} onOpen={onOpen}>
      {answer === null ? (
        <p className={css.nothing}>
          {tile.status === 'forbidden' ? t('forbidden') : (tile.error?.message ?? t('failed'))}
        </p>
      ) : answer.row_count === 0 ? (
        <p className={css.nothing}>{t('noData')}</p>
      ) : (
        <Drawing tile={tile} answer={answer} />
      )}
    </Panel>
  );
}

function Drawing({ tile, answer }: { tile: Tile; answer: Answer }) {
  const kind = DRAWN.find((each) => each === tile.chart);
  const isRank = tile.chart === 'bar' && answer.columns.filter(({ role }) => role !== 'metric').length === 1;
  if (isRank && !answer.columns.some(({ role }) => role === 'time')) return <Ranks tile={tile} answer={answer} />;
  if (kind) return <Picture kind={kind} answer={answer} states={tile.states} />;
  return <AnswerView answer={answer} chart={tile.chart} height={160} />;
}

/** Names, bars and figures; where the tile has states, each bar's colour is also said in words. */
function Ranks({ tile, answer }: { tile: Tile; answer: Answer }) {
  const { t } = useTranslation('ui');
  const say = useSay();
  const lang = useLang();
  const { dimensions, metrics, count } = readAnswer(answer, lang);
  const [names] = dimensions;
  const [field] = metrics;
  if (!names || !field) return null;
  const rows = Array.from({ length: count }, (_, row) => ({ name: names.values[row], value: numberAt(field, row) }));
  const most = Math.max(...rows.map(({ value }) => value ?? 0));
  return (
    <ol className={panelCss.ranks}>
      {rows.map(({ name, value }) => {
        const state = stateOf(tile.states, value);
        return (
          <li key={String(name)}>
            <span className={panelCss.rankName}>
              <Words of={labelOf(answer, names, name, lang, t('chart.missing'))} />
            </span>
            <span className={panelCss.rankTrack} aria-hidden="true">
              <span
                style={{
                  width: `${most > 0 ? (100 * (value ?? 0)) / most : 0}%`,
                  background: state ? variableOf(state.tone) : 'var(--c-series-1)',
                }}
              />
            </span>
            <span className={panelCss.rankValue}>{figure(field, value, lang)}</span>
            {tile.states.length > 0 && <span className={panelCss.rankState}>{state ? say(state.title) : ''}</span>}
          </li>
        );
      })}
    </ol>
  );
}

function Picture({ kind, answer, states }: { kind: Drawn; answer: Answer; states: readonly State[] }) {
  const { t } = useTranslation('ui');
  const say = useSay();
  const lang = useLang();
  const { tokens } = useTheme();
  const scale = useScale();
  const option = useMemo(() => {
    const thresholds = states.flatMap(({ from, title }) => (from === null ? [] : [{ value: from, words: say(title) }]));
    return scaled(optionOf(answer, kind, { lang, t, tokens, thresholds }), scale);
  }, [answer, kind, states, say, lang, t, tokens, scale]);
  const label = useMemo(() => t('chart.describe', describe(answer, kind, { lang, t })), [answer, kind, lang, t]);
  return <Chart option={option} label={label} height="100%" />;
}
