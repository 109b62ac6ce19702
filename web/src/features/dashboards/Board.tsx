/** The tiles on twelve columns; on narrow windows figures stand two beside each other and charts take the width. */
import type { CSSProperties } from 'react';
import type { Selected } from '../../charts/Chart';
import { Skeleton } from '../../ui/StateView';
import css from './board.module.css';
import type { Evaluation, Tile } from './queries';
import { TileCard } from './TileCard';

const COLUMNS = 12;
const ROW = 62;
const GAP = 12;

interface BoardProps {
  evaluation: Evaluation;
  /** What is shown belongs to the filters before. */
  isOld: boolean;
  onOpen: (tile: string) => void;
  onSelect: (tile: Tile, selected: Selected) => void;
}

export function Board({ evaluation, isOld, onOpen, onSelect }: BoardProps) {
  const widest = Math.max(...evaluation.tiles.map(({ layout }) => layout.x + layout.w));
  const scale = widest > COLUMNS ? 2 : 1; // a grid of 24 columns
  const sorted = evaluation.tiles.toSorted((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
  const dimensions = new Map(evaluation.dimensions.map((each) => [each.name, each.title]));
  return (
    <div className={css.wrap}>
      <div className={css.board} data-old={isOld} aria-busy={isOld}>
        {sorted.map((tile) => {
          const { x, y, w, h } = tile.layout;
          const place: CSSProperties & Record<`--${string}`, string | number> = {
            '--x': Math.floor(x / scale) + 1,
            '--y': y + 1,
            '--w': Math.max(1, Math.round(w / scale)),
            '--h': h,
          };
          return (
            <div key={tile.name} className={css.cell} style={place} data-chart={tile.chart} data-wide={w / scale > 4}>
              <TileCard
                tile={tile}
                height={h * ROW + (h - 1) * GAP}
                titles={dimensions}
                onOpen={() => onOpen(tile.name)}
                onSelect={(selected) => onSelect(tile, selected)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const SHAPE = [
  { key: 'a', of: 3, height: 136 },
  { key: 'b', of: 3, height: 136 },
  { key: 'c', of: 3, height: 136 },
  { key: 'd', of: 3, height: 136 },
  { key: 'e', of: 7, height: 358 },
  { key: 'f', of: 5, height: 358 },
] as const;

export function BoardSkeleton() {
  return (
    <div className={css.skeleton}>
      {SHAPE.map(({ key, of, height }) => (
        <div key={key} style={{ gridColumn: `span ${of}` }} className={css.bone}>
          <Skeleton height={height} />
        </div>
      ))}
    </div>
  );
}
