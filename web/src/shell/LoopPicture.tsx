/** The loop that the product is named after: from source to work order and back as data. */
import { useTranslation } from 'react-i18next';
import css from './loop.module.css';

const STATIONS = ['sources', 'contracts', 'datasets', 'metrics', 'alerts', 'workorders'] as const;
const CENTRE = 170;
const RADIUS = 112;

export function LoopPicture() {
  const { t } = useTranslation('shell');
  return (
    <svg viewBox="0 0 340 340" className={css.loop} role="img" aria-label={t('loop.label')}>
      <circle cx={CENTRE} cy={CENTRE} r={RADIUS} className={css.ring} />
      {STATIONS.map((station, i) => {
        const angle = (i / STATIONS.length) * 2 * Math.PI - Math.PI / 2;
        const [x, y] = [CENTRE + RADIUS * Math.cos(angle), CENTRE + RADIUS * Math.sin(angle)];
        const half = angle + Math.PI / STATIONS.length;
        const turn = (half * 180) / Math.PI + 90;
        const [ax, ay] = [CENTRE + RADIUS * Math.cos(half), CENTRE + RADIUS * Math.sin(half)];
        const isBack = i === STATIONS.length - 1;
        return (
          <g key={station}>
            <path
              d="M-4-5 4 0-4 5"
              transform={`translate(${ax} ${ay}) rotate(${turn})`}
              className={isBack ? css.back : css.arrow}
            />
            <rect x={x - 38} y={y - 16} width="76" height="32" rx="16" className={css.station} />
            <text x={x} y={y + 4.5} className={css.words}>
              {t(`loop.${station}`)}
            </text>
          </g>
        );
      })}
      <text x={CENTRE} y={CENTRE - 4} className={css.centre}>
        {t('loop.centre')}
      </text>
      <text x={CENTRE} y={CENTRE + 18} className={css.under}>
        {t('loop.under')}
      </text>
    </svg>
  );
}
