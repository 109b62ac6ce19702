/** The chart of a replay with its legend, and with what it says in words for who does not see it. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../charts/Chart';
import { useTheme } from '../theme/mode';
import { useFormat } from '../ui/useFormat';
import { type Band, type ReplayChart, replayOption } from './replay';
import css from './replay.module.css';

interface ReplayViewProps {
  chart: ReplayChart;
  figure: (value: number | null | undefined) => string;
  /** Whether figures are shares, for the axis. */
  isShare: boolean;
  height: number;
}

export function ReplayView({ chart, figure, isShare, height }: ReplayViewProps) {
  const { t } = useTranslation('alerts');
  const { tokens } = useTheme();
  const { moment, short } = useFormat();
  const option = useMemo(
    () =>
      replayOption(chart, {
        tokens,
        moment,
        figure,
        axis: (value) => (isShare ? `${short(value * 100)}%` : short(value)),
        hatch,
        words: (kind) => t(SHORT[kind]),
      }),
    [chart, tokens, moment, figure, isShare, short, t],
  );
  const main = chart.lines.find(({ isMain }) => isMain);
  const known = (main?.values ?? []).filter((each) => each !== null);
  const label = t('chart.words', {
    name: main?.name ?? '',
    low: figure(Math.min(...known)),
    high: figure(Math.max(...known)),
    thresholds: chart.thresholds.map(({ words }) => words).join(t('ui:state.comma')),
    bands:
      chart.bands
        .map((each) => `${t(`chart.${each.kind}`)} ${moment(each.from)}–${each.to ? moment(each.to) : t('lasting')}`)
        .join(t('ui:state.comma')) || t('never'),
  });
  return (
    <div>
      <Chart option={option} label={label} height={height} />
      <Legend chart={chart} />
    </div>
  );
}

const SHORT = { fired: 'chart.fired', quiet: 'chart.fired', would: 'chart.would', silent: 'chart.silent' };
const KINDS: readonly Band['kind'][] = ['fired', 'quiet', 'would', 'silent'];

/** What is drawn here; thresholds carry their words themselves. */
function Legend({ chart: { lines, bands } }: { chart: ReplayChart }) {
  const { t } = useTranslation('alerts');
  const others = lines.filter(({ isMain }) => !isMain).length;
  const kinds = KINDS.filter((kind) => bands.some((each) => each.kind === kind));
  return (
    <ul className={css.legend} aria-label={t('chart.legend')}>
      {lines.flatMap(({ name, isMain }) =>
        isMain ? (
          <li key="main">
            <span className={css.main} aria-hidden="true" />
            {name}
          </li>
        ) : (
          []
        ),
      )}
      {others > 0 && (
        <li>
          <span className={css.others} aria-hidden="true" />
          {t('chart.others', { count: others })}
        </li>
      )}
      {kinds.map((kind) => (
        <li key={kind}>
          <span className={css[kind]} aria-hidden="true" />
          {t(`chart.${kind}`)}
        </li>
      ))}
    </ul>
  );
}

/** Distance of slanting lines, px of the screen. */
const HATCH_PX = 6;

function hatch(colour: string): string | object {
  const tile = document.createElement('canvas');
  const pen = tile.getContext('2d');
  if (!pen) return colour;
  const sharp = Math.max(1, Math.round(window.devicePixelRatio));
  tile.width = HATCH_PX * sharp;
  tile.height = HATCH_PX * sharp;
  pen.scale(sharp, sharp);
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  // One line and its halves at two corners, so that tiles join without a gap.
  for (const at of [-HATCH_PX, 0, HATCH_PX]) {
    pen.moveTo(at - 1, HATCH_PX + 1);
    pen.lineTo(at + HATCH_PX + 1, -1);
  }
  pen.stroke();
  return { image: tile, repeat: 'repeat', scaleX: 1 / sharp, scaleY: 1 / sharp };
}
