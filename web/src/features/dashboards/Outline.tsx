/** A dashboard's layout as a small drawing: which charts stand where. Decoration; the words beside it say what it is. */
import css from './gallery.module.css';
import type { Place } from './queries';

const COLUMNS = 12;
/** Rows of the picture; what stands lower is cut. */
const ROWS = 11;
const CELL = 24;
const ROW = 14;
const GAP = 3;

export function Outline({ places }: { places: readonly Place[] }) {
  return (
    <svg
      viewBox={`-10 -10 ${COLUMNS * CELL + 20 - GAP} ${ROWS * ROW + 10}`}
      className={css.outline}
      aria-hidden="true"
      preserveAspectRatio="xMidYMin slice"
    >
      {places
        .filter(({ y }) => y < ROWS)
        .map((place) => {
          const box = {
            x: place.x * CELL,
            y: place.y * ROW,
            width: place.w * CELL - GAP,
            height: place.h * ROW - GAP,
          };
          return (
            <g key={place.name}>
              <rect {...box} rx="2.5" className={css.tile} />
              <g transform={`translate(${box.x + 6} ${box.y + 6})`}>
                <Mark chart={place.chart} width={box.width - 12} height={box.height - 12} />
              </g>
            </g>
          );
        })}
    </svg>
  );
}

const COURSE = [0.62, 0.48, 0.7, 0.35, 0.5, 0.22, 0.34];
const BARS = [1, 0.82, 0.64, 0.5, 0.3];
const COLUMNS_HIGH = [0.5, 0.72, 0.6, 0.9, 0.76, 1];

function Mark({ chart, width, height }: { chart: string; width: number; height: number }) {
  switch (chart) {
    case 'kpi':
      return (
        <>
          <rect width={width * 0.5} height="2" className={css.faint} />
          <rect y={height - 6} width={width * 0.75} height="6" rx="1" className={css.strong} />
        </>
      );
    case 'line':
      return (
        <polyline
          points={COURSE.map((y, i) => `${(i / (COURSE.length - 1)) * width},${y * height}`).join(' ')}
          className={css.line}
        />
      );
    case 'bar':
      return BARS.map((share, i) => (
        <rect
          key={share}
          y={(i * height) / BARS.length}
          width={width * share}
          height={(height / BARS.length) * 0.55}
          rx="1"
          className={css.mid}
        />
      ));
    case 'stacked':
      return COLUMNS_HIGH.map((share, i) => {
        const x = (i * width) / COLUMNS_HIGH.length;
        const wide = (width / COLUMNS_HIGH.length) * 0.6;
        return (
          <g key={share}>
            <rect x={x} y={height * (1 - share)} width={wide} height={height * share * 0.4} className={css.light} />
            <rect x={x} y={height * (1 - share * 0.6)} width={wide} height={height * share * 0.6} className={css.mid} />
          </g>
        );
      });
    case 'pie': {
      const r = Math.min(width, height) / 2.4;
      return <circle cx={width / 2} cy={height / 2} r={r * 0.8} className={css.ring} strokeWidth={r * 0.5} />;
    }
    case 'map':
      return (
        <path
          d={`M${width * 0.15} ${height * 0.35} L${width * 0.45} ${height * 0.08} L${width * 0.82} ${height * 0.22} L${width * 0.92} ${height * 0.66} L${width * 0.55} ${height * 0.95} L${width * 0.2} ${height * 0.8} Z M${width * 0.45} ${height * 0.08} L${width * 0.5} ${height * 0.5} L${width * 0.92} ${height * 0.66} M${width * 0.5} ${height * 0.5} L${width * 0.2} ${height * 0.8}`}
          className={css.area}
        />
      );
    case 'heat':
      return Array.from({ length: 24 }, (_, i) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity
          key={i}
          x={((i % 8) * width) / 8}
          y={(Math.floor(i / 8) * height) / 3}
          width={width / 8 - 1}
          height={height / 3 - 1}
          className={[css.faint, css.light, css.mid, css.strong][(i * 7 + Math.floor(i / 8)) % 4]}
        />
      ));
    default:
      return [0, 1, 2, 3].map((i) => (
        <rect key={i} y={(i * height) / 4} width={width} height="2" className={i ? css.faint : css.strong} />
      ));
  }
}
