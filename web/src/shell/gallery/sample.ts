/** Invented data for the gallery; nothing here is of any city. */
import type { FeatureCollection } from 'geojson';
import type { Answer, AnswerColumn } from '../../charts/answer';

function column(name: string, role: string, title: [string, string], more: Partial<AnswerColumn> = {}): AnswerColumn {
  return { name, role, type: 'x', title: { zh: title[0], en: title[1] }, is_ordered: false, ...more };
}

function answer(columns: AnswerColumn[], rows: unknown[][], grain?: string): Answer {
  return {
    columns,
    data: columns.map((_, i) => rows.map((row) => row[i])),
    query: grain ? { grain } : {},
    row_count: rows.length,
    labels: {},
    period: null,
    sql: 'SELECT 1',
    versions: {},
    as_of: null,
    reached: null,
    limited: [],
    cached: false,
  };
}

const DISTRICTS = ['云中区', '望江区', '临湖区', '青岚区', '北岸区', '星河区', '梅岭区', '东津区'];
const time = column('time', 'time', ['时间', 'Time']);
const district = column('district', 'dimension', ['行政区', 'District']);
const calls = column('calls', 'metric', ['热线诉求量', 'Hotline calls'], {
  unit: { zh: '件', en: 'calls' },
  format: 'integer',
});
const speed = column('speed', 'metric', ['平均车速', 'Average speed'], {
  unit: { zh: 'km/h', en: 'km/h' },
  format: 'decimal',
});
const lastWeek = column('before', 'metric', ['上周同期', 'A week before'], {
  unit: { zh: 'km/h', en: 'km/h' },
  format: 'decimal',
});

const hours = Array.from({ length: 24 }, (_, i) => i);
const hourOf = (hour: number) => `2026-09-30T${String(hour).padStart(2, '0')}:00:00+08:00`;
const rush = (hour: number) => Math.exp(-((hour - 8) ** 2) / 6) + Math.exp(-((hour - 18) ** 2) / 8);
const dayOf = (day: number) => `2026-09-${String(24 + day).padStart(2, '0')}T00:00:00+08:00`;
const WEEK = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'];

export const byHour = answer(
  [time, speed, lastWeek],
  hours.map((hour) => [hourOf(hour), 42 - 17 * rush(hour), 43 - 15 * rush(hour - 0.4)]),
  'hour',
);
export const byDistrict = answer(
  [district, calls],
  DISTRICTS.map((name, i) => [name, Math.round(428 * 0.88 ** i)]),
);
export const byDayAndState = answer(
  [time, column('state', 'dimension', ['状态', 'State']), calls],
  WEEK.flatMap((_, day) =>
    ['已办结', '处理中', '超时'].map((state, i) => [dayOf(day), state, 320 / (i * 2.2 + 1) + 22 * day]),
  ),
  'day',
);
export const byHourAndWeekday = answer(
  [column('hour', 'dimension', ['小时', 'Hour']), column('weekday', 'dimension', ['星期', 'Weekday']), calls],
  WEEK.flatMap((name, day) =>
    hours
      .filter((hour) => hour % 2 === 0)
      .map((hour) => [`${hour}:00`, name, Math.round(20 + 160 * rush(hour) * (day > 4 ? 0.5 : 1))]),
  ),
);

/** Eight squares, roads with a state, and events: enough to see how a map looks. */
export function sampleMap(): { areas: FeatureCollection; roads: FeatureCollection; events: FeatureCollection } {
  const at = (i: number): [number, number] => [114.3 + (i % 3) * 0.1, 29.3 + Math.floor(i / 3) * 0.085];
  const states = ['free', 'slow', 'congested', 'severe'];
  return {
    areas: collection(
      DISTRICTS.map((name, i) => {
        const [x, y] = at(i);
        const ring = [
          [x, y],
          [x + 0.1, y + 0.01],
          [x + 0.1, y + 0.085],
          [x, y + 0.08],
          [x, y],
        ];
        return {
          type: 'Feature',
          properties: { name, calls: 428 * 0.88 ** i },
          geometry: { type: 'Polygon', coordinates: [ring] },
        };
      }),
    ),
    roads: collection(
      states.map((state, i) => ({
        type: 'Feature',
        properties: { name: ['云江大道', '外环快速路', '观澜大道', '北辰里大道'][i], state },
        geometry: {
          type: 'LineString',
          coordinates: [
            [114.3, 29.33 + i * 0.05],
            [114.45, 29.35 + i * 0.045],
            [114.6, 29.33 + i * 0.055],
          ],
        },
      })),
    ),
    events: collection([
      { type: 'Feature', properties: { name: '交通事故' }, geometry: { type: 'Point', coordinates: [114.42, 29.41] } },
      { type: 'Feature', properties: { name: '路面积水' }, geometry: { type: 'Point', coordinates: [114.52, 29.36] } },
    ]),
  };
}

function collection(features: FeatureCollection['features']): FeatureCollection {
  return { type: 'FeatureCollection', features };
}
