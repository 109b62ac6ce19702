/** One tile: its chart, what it could not take, how fresh it is, and a menu. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../charts/AnswerView';
import type { ChartHandle, Selected } from '../../charts/Chart';
import { type Bilingual, useSay } from '../../i18n/texts';
import { queryOf } from '../../query/model';
import { useWords } from '../../query/useWords';
import { Card } from '../../ui/Card';
import { useFormat } from '../../ui/useFormat';
import css from './board.module.css';
import { KpiTile } from './KpiTile';
import type { Tile } from './queries';
import { Refused } from './Refused';
import { TileMenu } from './TileMenu';

export interface TileProps {
  tile: Tile;
  /** Of the whole tile, px. */
  height: number;
  titles: ReadonlyMap<string, Bilingual>;
  onOpen: () => void;
  onSelect: (selected: Selected) => void;
}

const HEAD = 47;
const FOOT = 34;
const PADDING = 28;
const BORDERS = 2;
/** A table's head may take a second line. */
const SECOND_LINE = 18;

export function TileCard(props: TileProps) {
  const { tile, height, titles, onOpen, onSelect } = props;
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const words = useWords();
  const { moment } = useFormat();
  const chart = useRef<ChartHandle>(null);
  const { answer } = tile;
  const missed = useMissed(tile, titles);
  if (tile.chart === 'kpi') return <KpiTile tile={tile} missed={missed} onOpen={onOpen} />;
  const room = height - HEAD - FOOT - BORDERS;
  const isTable = tile.chart === 'table';
  const isMap = tile.chart === 'map';
  return (
    <Card
      className={css.tile ?? ''}
      title={
        <button type="button" className={css.titleButton} onClick={onOpen}>
          {say(tile.title, tile.name)}
        </button>
      }
      subtitle={answer && words.range(queryOf(answer.query).range)}
      actions={<TileMenu tile={tile} chart={chart} onOpen={onOpen} />}
      height={room}
      flush={isTable || isMap}
      foot={
        <span className={css.foot}>
          <span className="number">
            {[answer?.as_of && t('asOf', { at: moment(answer.as_of) }), answer?.limited.length && t('limited')]
              .filter(Boolean)
              .join(' · ')}
          </span>
          {missed && <span className={css.missed}>{missed}</span>}
        </span>
      }
    >
      {answer ? (
        <AnswerView
          answer={answer}
          chart={tile.chart}
          height={isTable ? room - SECOND_LINE : isMap ? room : room - PADDING}
          map={tile.map}
          states={tile.states}
          onSelect={onSelect}
          ref={chart}
        />
      ) : (
        <Refused tile={tile} height={room - PADDING} />
      )}
    </Card>
  );
}

/** What the page asked for and the tile cannot take, in words. */
function useMissed({ not_applied: missed }: Tile, titles: ReadonlyMap<string, Bilingual>): string {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  if (missed.length === 0) return '';
  const names = missed.map((name) => (name === 'range' ? t('timeRange') : say(titles.get(name), name)));
  return t('notApplied', { names: names.join(t('and')) });
}
