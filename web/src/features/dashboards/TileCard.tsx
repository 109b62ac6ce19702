/** One tile: its chart, what it could not take, how fresh it is, and a menu. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../charts/AnswerView';
import type { ChartHandle, Selected } from '../../charts/Chart';
import { type Bilingual, useSay } from '../../i18n/texts';
import { queryOf } from '../../query/model';
import { useWords } from '../../query/useWords';
import { Card } from '../../ui/Card';
import { Empty, NoPermission } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import css from './board.module.css';
import { KpiTile } from './KpiTile';
import type { Tile } from './queries';
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
/** A sign with two lines of words takes this much. */
const ROOM_FOR_SIGN = 150;

export function TileCard(props: TileProps) {
  const { tile, height, titles, onOpen, onSelect } = props;
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const words = useWords();
  const { moment } = useFormat();
  const chart = useRef<ChartHandle>(null);
  const { answer } = tile;
  const missed = useMissed(tile, titles);
  if (tile.chart === 'kpi' && answer) return <KpiTile {...props} answer={answer} missed={missed} />;
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
          <span className="number">{answer?.as_of && t('asOf', { at: moment(answer.as_of) })}</span>
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

/** Why there is nothing: not for this person, or broken. */
export function Refused({ tile, height }: { tile: Tile; height: number }) {
  const { t } = useTranslation('dashboards');
  if (height < ROOM_FOR_SIGN) return <Brief tile={tile} />;
  if (tile.status === 'forbidden') return <NoPermission hint={t('forbidden')} height={height} />;
  return (
    <div role="alert">
      <Empty title={tile.error?.message ?? t('failed')} hint={tile.error?.hint} height={height} />
    </div>
  );
}

/** The same in one line, where no more fits. */
function Brief({ tile }: { tile: Tile }) {
  const { t } = useTranslation(['dashboards', 'ui']);
  const isForbidden = tile.status === 'forbidden';
  return (
    <p
      className={css.brief}
      role={isForbidden ? undefined : 'alert'}
      title={isForbidden ? t('forbidden') : (tile.error?.hint ?? '')}
    >
      {isForbidden ? t('ui:state.forbidden') : (tile.error?.message ?? t('failed'))}
    </p>
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
