/** The parts of ECharts that we use, so that the bundle holds no others; themes registered once. */

import type { EChartsOption } from 'echarts';
import { BarChart, HeatmapChart, LineChart, PieChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import * as core from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { echartsTheme } from '../theme/echarts';
import type { ThemeName } from '../theme/tokens';

export type Option = EChartsOption;

core.use([
  BarChart,
  HeatmapChart,
  LineChart,
  PieChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

const themes: ThemeName[] = ['light', 'dark', 'cockpit'];
for (const name of themes) core.registerTheme(`city-${name}`, echartsTheme(name));

export const { init, connect, disconnect } = core;
export type ECharts = core.EChartsType;
