/** A share of good rows: a short bar and the figure; coloured only where something is wrong. */
import { POOR } from '../../ui/freshness';
import { useFormat } from '../../ui/useFormat';
import css from './datasets.module.css';

export function Quality({ share }: { share: number | null }) {
  const { percent } = useFormat();
  const tone = share === null ? '' : share < POOR ? css.poor : '';
  return (
    <span className={css.quality}>
      <span className={css.track} aria-hidden="true">
        <span className={`${css.fill} ${tone}`} style={{ width: `${(share ?? 0) * 100}%` }} />
      </span>
      <span className="number">{percent(share, 1)}</span>
    </span>
  );
}
