/** The chart of a replay, with what it says in words for who does not see it. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../charts/Chart';
import { useTheme } from '../../theme/mode';
import { useFormat } from '../../ui/useFormat';
import { type ReplayChart, replayOption } from './replay';

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
      }),
    [chart, tokens, moment, figure, isShare, short],
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
        .map((each) => `${each.words} ${moment(each.from)}–${each.to ? moment(each.to) : t('lasting')}`)
        .join(t('ui:state.comma')) || t('never'),
  });
  return <Chart option={option} label={label} height={height} />;
}
