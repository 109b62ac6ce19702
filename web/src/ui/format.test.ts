import { describe, expect, it } from 'vitest';
import { closedUp } from '../i18n/texts';
import {
  bytes,
  day,
  duration,
  full,
  headWith,
  instant,
  moment,
  percent,
  period,
  relative,
  short,
  timeOrDay,
  written,
  writtenLine,
} from './format';

const NOW = new Date('2026-11-21T01:30:00Z');
const ZONE = 'Asia/Shanghai';

describe('numbers', () => {
  it.each([
    [1284, '1,284', '1,284'],
    [9999.5, '9,999.5', '9,999.5'],
    [412_600, '41.26万', '412.6K'],
    [3_286_000, '328.6万', '3.29M'],
    [128_430_000, '1.28亿', '128.43M'],
    [-52_000, '-5.2万', '-52K'],
    [0, '0', '0'],
    [null, '–', '–'],
    [Number.NaN, '–', '–'],
  ])('writes %s short', (value, zh, en) => {
    expect([short(value, 'zh'), short(value, 'en')]).toEqual([zh, en]);
  });

  it('writes every digit where asked', () => {
    expect(full(3_286_000, 'zh')).toBe('3,286,000');
  });

  it('writes shares as percent', () => {
    expect([percent(0.924, 'zh'), percent(1, 'en'), percent(0.0031, 'en', 2)]).toEqual(['92.4%', '100%', '0.31%']);
  });

  it('writes a metric as it wants to be written', () => {
    expect([
      written(28.44, { format: 'decimal', unit: 'km/h', lang: 'zh' }),
      written(0.12, { format: 'percent', lang: 'en' }),
      written(85.5, { format: 'duration', unit: '分钟', lang: 'zh' }),
      written(null, { format: 'integer', unit: '次', lang: 'zh' }),
    ]).toEqual([
      { value: '28.4', unit: 'km/h' },
      { value: '12%', unit: '' },
      { value: '1 小时 26 分', unit: '' },
      { value: '–', unit: '' },
    ]);
  });

  it('joins value and unit', () => {
    expect([
      writtenLine(3_286_000, { unit: '人次', lang: 'zh' }),
      writtenLine(1284, { unit: '件', lang: 'zh' }),
      writtenLine(28.4, { unit: 'km/h', lang: 'en' }),
    ]).toEqual(['328.6万人次', '1,284 件', '28.4 km/h']);
  });

  it('says a unit in the language that is read', () => {
    const [cases, minutes] = [
      { zh: '件', en: 'cases' },
      { zh: '分钟', en: 'min' },
    ];
    expect([
      writtenLine(1284, { unit: cases, lang: 'zh' }),
      writtenLine(1284, { unit: cases, lang: 'en' }),
      writtenLine(85.5, { format: 'duration', unit: minutes, lang: 'zh' }),
      writtenLine(85.5, { format: 'duration', unit: minutes, lang: 'en' }),
      writtenLine(12, { format: 'money', lang: 'en' }),
      headWith('Hotline calls', cases, 'en'),
      headWith('热线诉求量', null, 'zh'),
    ]).toEqual([
      '1,284 件',
      '1,284 cases',
      '1 小时 26 分',
      '1 h 26 min',
      '12 CNY',
      'Hotline calls (cases)',
      '热线诉求量',
    ]);
  });

  it('writes sizes', () => {
    expect([bytes(0, 'en'), bytes(3_565_158, 'en')]).toEqual(['0 B', '3.4 MB']);
  });
});

it('finds the moment that a clock in a zone shows', () => {
  expect([instant('2026-11-21 09:30', 'Asia/Shanghai'), instant('2026-03-29 03:10', 'Europe/Berlin')]).toEqual([
    '2026-11-21T01:30:00.000Z',
    '2026-03-29T01:10:00.000Z',
  ]);
});

describe('durations', () => {
  it.each([
    [0.4, '0.4 秒', '0.4 s'],
    [42, '42 秒', '42 s'],
    [5160, '1 小时 26 分', '1 h 26 min'],
    [300, '5 分钟', '5 min'],
    [3599.9, '1 小时', '1 h'],
    [7199, '2 小时', '2 h'],
    [183_600, '2 天 3 小时', '2 d 3 h'],
    [-90, '−1 分 30 秒', '−1 min 30 s'],
  ])('writes %s s', (seconds, zh, en) => {
    expect([duration(seconds, 'zh'), duration(seconds, 'en')]).toEqual([zh, en]);
  });
});

describe('moments', () => {
  it('are a time today and a day before', () => {
    expect(timeOrDay('2026-11-21T01:05:00Z', ZONE, NOW)).toBe('09:05');
    expect(timeOrDay('2026-11-20T01:05:00Z', ZONE, NOW)).toBe('11-20');
    expect(timeOrDay(null, ZONE, NOW)).toBe('–');
  });

  it('are told in the time zone of the city', () => {
    expect([moment('2026-11-20T20:05:00Z', ZONE, NOW), moment('2025-11-20T20:05:00Z', ZONE, NOW)]).toEqual([
      '11-21 04:05',
      '2025-11-21 04:05',
    ]);
    expect(day('2026-11-20T20:05:00Z', ZONE)).toBe('2026-11-21');
  });

  it('are told as distance from now', () => {
    const at = ['2026-11-21T01:29:55Z', '2026-11-21T01:27:00Z', '2026-11-21T03:30:00Z', '2026-11-20T01:00:00Z'];
    expect(at.map((iso) => relative(iso, 'zh', NOW))).toEqual(['刚刚', '3 分钟前', '2 小时后', '昨天']);
    expect(at.map((iso) => relative(iso, 'en', NOW))).toEqual(['just now', '3 minutes ago', 'in 2 hours', 'yesterday']);
  });

  it('name periods by their grain', () => {
    const start = '2026-09-07T08:00:00+08:00';
    expect(['hour', 'day', 'week', 'month', 'quarter', 'year'].map((grain) => period(start, grain, 'en'))).toEqual([
      '09-07 08:00',
      '09-07',
      'w/c 09-07',
      '2026-09',
      '2026 Q3',
      '2026',
    ]);
  });
});

it('closes the gap between a Chinese numeral and a Chinese word only', () => {
  expect(['1.97万 行', '2.3万亿 元', '5,133 行', '1.2万 km', '3 万 行'].map(closedUp)).toEqual([
    '1.97万行',
    '2.3万亿元',
    '5,133 行',
    '1.2万 km',
    '3 万 行',
  ]);
});
