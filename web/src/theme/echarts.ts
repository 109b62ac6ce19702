/** ECharts themes: axes that recede, series that can be told apart. Registered as `light`, `dark`, `cockpit`. */
import { FONT, type ThemeName, TOKENS } from './tokens';

export function echartsTheme(name: ThemeName): Record<string, unknown> {
  const t = TOKENS[name];
  const axis = {
    axisLine: { show: true, lineStyle: { color: t.border } },
    axisTick: { show: false },
    axisLabel: { color: t.text3, fontSize: 12, fontFamily: FONT },
    splitLine: { lineStyle: { color: t.border, width: 1 } },
    nameTextStyle: { color: t.text3, fontSize: 12 },
  };
  const panel = name === 'cockpit' ? t.sunken : t.panel;
  return {
    color: [...t.series],
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT, color: t.text2 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    logAxis: axis,
    legend: {
      textStyle: { color: t.text2, fontSize: 12 },
      inactiveColor: t.rest,
      itemWidth: 10,
      itemHeight: 10,
      itemGap: 12,
      icon: 'roundRect',
      pageTextStyle: { color: t.text3 },
      pageIconColor: t.text2,
      pageIconInactiveColor: t.outline,
    },
    tooltip: {
      backgroundColor: panel,
      borderColor: t.border,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: t.text, fontSize: 12 },
      extraCssText: `box-shadow:${t.shadow};border-radius:8px;font-variant-numeric:tabular-nums`,
      axisPointer: {
        lineStyle: { color: t.outline },
        crossStyle: { color: t.outline },
        shadowStyle: { opacity: 0.06 },
      },
    },
    line: { symbol: 'circle', symbolSize: 6, showSymbol: false, lineStyle: { width: 2 }, smooth: false },
    bar: { barMaxWidth: 28, itemStyle: { borderRadius: 2 } },
    pie: { itemStyle: { borderColor: panel, borderWidth: 2 }, label: { color: t.text2 } },
    visualMap: { textStyle: { color: t.text3 }, inRange: { color: [...t.scale] } },
    dataZoom: { textStyle: { color: t.text3 } },
    markLine: { label: { color: t.warningText } },
  };
}
