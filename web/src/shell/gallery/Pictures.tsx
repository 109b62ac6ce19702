/** Charts of every kind, and a map. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../charts/AnswerView';
import { Legend } from '../../map/Legend';
import { MapView } from '../../map/MapView';
import { type MapLayer, scaleColour } from '../../map/style';
import { useTheme } from '../../theme/mode';
import { type Tokens, TRAFFIC } from '../../theme/tokens';
import { Card } from '../../ui/Card';
import { Grid, Span } from '../../ui/Page';
import { byDayAndState, byDistrict, byHour, byHourAndWeekday, sampleMap } from './sample';

export function Pictures() {
  const { t } = useTranslation('gallery');
  const { tokens } = useTheme();
  const thresholds = useMemo(() => [{ value: 30, words: t('slow') }], [t]);
  const colours = useMemo(
    () => ({ 已办结: tokens.series[2] ?? '', 处理中: tokens.primary, 超时: tokens.error }),
    [tokens],
  );
  const { layers } = useMemo(() => mapOf(tokens), [tokens]);
  return (
    <Grid>
      <Span of={7}>
        <Card title={t('speed')} subtitle="average_speed">
          <AnswerView answer={byHour} chart="line" thresholds={thresholds} dashed={[t('weekBefore')]} />
        </Card>
      </Span>
      <Span of={5}>
        <Card title={t('calls')} subtitle={t('byDistrict')}>
          <AnswerView answer={byDistrict} chart="bar" />
        </Card>
      </Span>
      <Span of={5}>
        <Card title={t('orders')} subtitle={t('week')}>
          <AnswerView answer={byDayAndState} chart="stacked" colours={colours} />
        </Card>
      </Span>
      <Span of={7}>
        <Card title={t('heat')} subtitle={t('heatHint')}>
          <AnswerView answer={byHourAndWeekday} chart="heat" />
        </Card>
      </Span>
      <Span of={5}>
        <Card title={t('share')} subtitle={t('byDistrict')}>
          <AnswerView answer={byDistrict} chart="pie" />
        </Card>
      </Span>
      <Span of={7}>
        <Card title={t('map')} flush height={288}>
          <MapView
            layers={layers}
            label={t('map')}
            height="100%"
            popups={{
              areas: (each) => ({
                title: String(each.name),
                lines: [[t('calls'), String(Math.round(Number(each.calls)))]],
              }),
            }}
            legend={<TrafficLegend />}
          />
        </Card>
      </Span>
    </Grid>
  );
}

function TrafficLegend() {
  const { t } = useTranslation('gallery');
  const states = ['free', 'slow', 'congested', 'severe'] as const;
  return (
    <Legend
      items={states.map((state) => ({ words: t(`traffic.${state}`), shape: 'line', ...TRAFFIC[state] }))}
      note={t('invented')}
    />
  );
}

function mapOf(tokens: Tokens): { layers: MapLayer[] } {
  const { areas, roads, events } = sampleMap();
  const words = Object.fromEntries(Object.entries(TRAFFIC).map(([state, { colour }]) => [state, colour]));
  const sizes = Object.fromEntries(Object.entries(TRAFFIC).map(([state, { width }]) => [state, width]));
  const values = areas.features.map((each) => Number(each.properties?.calls));
  return {
    layers: [
      {
        id: 'areas',
        kind: 'area',
        data: areas,
        colour: scaleColour('calls', values, tokens),
        opacity: 0.5,
        border: tokens.landLine,
        label: 'name',
      },
      {
        id: 'roads',
        kind: 'line',
        data: roads,
        colour: { by: 'state', words, missing: tokens.roadLine },
        size: { by: 'state', words: sizes, missing: 1 },
        label: 'name',
      },
      { id: 'events', kind: 'point', data: events, colour: tokens.error, ring: true, label: 'name' },
    ],
  };
}
