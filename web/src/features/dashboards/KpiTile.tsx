/** A figure with its change against the span before and its course; both are asked for beside the dashboard. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Answer, numberAt, readAnswer } from '../../charts/answer';
import { useLang, useSay } from '../../i18n/texts';
import { Kpi, Sparkline } from '../../ui/Kpi';
import { Empty } from '../../ui/StateView';
import css from './board.module.css';
import { beforeOf, courseOf, lengthOf, overOf } from './compare';
import { sideQuery } from './queries';
import { Brief } from './Refused';
import type { TileProps } from './TileCard';
import { TileMenu } from './TileMenu';

interface KpiTileProps extends Pick<TileProps, 'tile' | 'onOpen'> {
  /** What the page asked for and the tile cannot take. */
  missed: string;
}

export function KpiTile({ tile, missed, onOpen }: KpiTileProps) {
  const say = useSay();
  return (
    <div className={css.figure}>
      <span className={css.figureMenu}>
        <TileMenu tile={tile} onOpen={onOpen} />
      </span>
      {tile.answer ? (
        <Figure tile={tile} answer={tile.answer} hasCourse={!missed} onOpen={onOpen} />
      ) : (
        <>
          <h3 className={css.figureTitle}>
            <button type="button" onClick={onOpen}>
              {say(tile.title, tile.name)}
            </button>
          </h3>
          <Brief tile={tile} />
        </>
      )}
      {missed && <p className={`${css.figureFoot} ${css.missed}`}>{missed}</p>}
    </div>
  );
}

interface FigureProps extends Pick<TileProps, 'tile' | 'onOpen'> {
  answer: Answer;
  hasCourse: boolean;
}

function Figure({ tile, answer, hasCourse, onOpen }: FigureProps) {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const lang = useLang();
  const before = useQuery(sideQuery(beforeOf(answer)));
  const course = useQuery(sideQuery(courseOf(answer)));
  const [field] = readAnswer(answer, lang).metrics;
  const value = field ? numberAt(field, 0) : null;
  const past = first(before.data);
  const [line] = course.data ? readAnswer(course.data, lang).metrics : [];
  const values = line ? line.values.map((_, row) => numberAt(line, row)) : [];
  const trend = course.data ? overOf(course.data, values) : [];
  const { unit, count } = lengthOf(answer) ?? {};
  return (
    <>
      {field ? (
        <Kpi
          bare
          title={say(tile.title, tile.name)}
          value={value}
          words={{ unit: field.column.unit ?? null, format: field.column.format ?? null }}
          direction={field.column.direction ?? 'none'}
          onOpen={onOpen}
          {...(before.data && value !== null
            ? {
                change: {
                  share: past === null || past === 0 ? null : (value - past) / Math.abs(past),
                  against: unit ? t(`against.${unit}`, { count }) : '',
                },
              }
            : { note: unit ? t(`last.${unit}`, { count }) : t('allTime') })}
        />
      ) : (
        <Empty />
      )}
      {trend.length > 1 && hasCourse && <Sparkline values={trend} className={css.course} />}
    </>
  );
}

function first(answer: Answer | undefined): number | null {
  const [field] = answer ? readAnswer(answer, 'zh').metrics : [];
  return field ? numberAt(field, 0) : null;
}
