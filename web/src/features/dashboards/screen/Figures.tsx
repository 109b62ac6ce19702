/** The strip of figures: value, state in words, change, course. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Answer, numberAt, readAnswer } from '../../../charts/answer';
import { useLang, useSay } from '../../../i18n/texts';
import { queryOf } from '../../../query/model';
import { useWords } from '../../../query/useWords';
import { Change, Sparkline } from '../../../ui/Kpi';
import { useFormat } from '../../../ui/useFormat';
import { beforeOf, courseOf, lengthOf, overOf } from '../compare';
import type { Tile } from '../queries';
import panelCss from './panel.module.css';
import { besideQuery } from './queries';
import css from './screen.module.css';
import { stateOf, variableOf } from './states';
import { useCounting } from './useCounting';

/** From ten times as much a percentage says nothing: the span before was next to nothing. */
const MOST_CHANGE = 10;

interface FiguresProps {
  tiles: readonly Tile[];
  onOpen: (tile: string) => void;
}

export function Figures({ tiles, onOpen }: FiguresProps) {
  const { t } = useTranslation('cockpit');
  return (
    <ul className={panelCss.figures} aria-label={t('figures')}>
      {tiles.map((tile) => (
        <li key={tile.name} className={panelCss.figure}>
          <Figure tile={tile} onOpen={() => onOpen(tile.name)} />
        </li>
      ))}
    </ul>
  );
}

function Figure({ tile, onOpen }: { tile: Tile; onOpen: () => void }) {
  const { t } = useTranslation('cockpit');
  const say = useSay();
  const { answer } = tile;
  return (
    <>
      <h2 className={panelCss.figureTitle}>
        <button type="button" className={css.plain} onClick={onOpen}>
          {say(tile.title, tile.name)}
        </button>
      </h2>
      {answer ? (
        <Value tile={tile} answer={answer} />
      ) : (
        <p className={css.note}>{t(tile.status === 'forbidden' ? 'forbidden' : 'failed')}</p>
      )}
    </>
  );
}

function Value({ tile, answer }: { tile: Tile; answer: Answer }) {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const lang = useLang();
  const words = useWords();
  const { written } = useFormat();
  const stamp = JSON.stringify([answer.versions, answer.period]);
  const before = useQuery(besideQuery(beforeOf(answer), stamp));
  const course = useQuery(besideQuery(courseOf(answer), stamp));
  const [field] = readAnswer(answer, lang).metrics;
  const value = field ? numberAt(field, 0) : null;
  const shown = useCounting(value);
  if (!field) return null;
  const { value: figure, unit } = written(shown, {
    unit: field.column.unit ?? null,
    format: field.column.format ?? null,
  });
  const state = stateOf(tile.states, value);
  const past = firstOf(before.data);
  const share = value === null || past === null || past === 0 ? null : (value - past) / Math.abs(past);
  const trend = course.data ? overOf(course.data, valuesOf(course.data)) : [];
  const { unit: span, count } = lengthOf(answer) ?? {};
  return (
    <>
      <p className={panelCss.figureValue}>
        <b>{figure}</b>
        {unit && <span>{unit}</span>}
        {state && (
          <em style={{ color: variableOf(state.tone) }} className={panelCss.state}>
            {say(state.title)}
          </em>
        )}
      </p>
      <div className={panelCss.figureFoot}>
        {span && before.data && value !== null && share !== null && Math.abs(share) < MOST_CHANGE ? (
          <Change
            share={share}
            against={t(`against.${span}`, { count })}
            direction={field.column.direction ?? 'none'}
          />
        ) : (
          <p className={css.note}>{words.range(queryOf(answer.query).range)}</p>
        )}
      </div>
      {trend.length > 2 && <Sparkline values={trend} className={panelCss.spark} />}
    </>
  );
}

function firstOf(answer: Answer | undefined): number | null {
  return valuesOf(answer)[0] ?? null;
}

function valuesOf(answer: Answer | undefined): (number | null)[] {
  const [field] = answer ? readAnswer(answer, 'zh').metrics : [];
  return field ? field.values.map((_, row) => numberAt(field, row)) : [];
}
