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
import type { TileProps } from './TileCard';
import { TileMenu } from './TileMenu';

export function KpiTile({ tile, answer, missed, onOpen }: TileProps & { answer: Answer; missed: string }) {
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
    <div className={css.figure}>
      <span className={css.figureMenu}>
        <TileMenu tile={tile} onOpen={onOpen} />
      </span>
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
      {trend.length > 1 && !missed && <Sparkline values={trend} className={css.course} />}
      {missed && <p className={`${css.figureFoot} ${css.missed}`}>{missed}</p>}
    </div>
  );
}

function first(answer: Answer | undefined): number | null {
  const [field] = answer ? readAnswer(answer, 'zh').metrics : [];
  return field ? numberAt(field, 0) : null;
}
