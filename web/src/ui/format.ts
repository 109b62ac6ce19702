/** Numbers, durations and moments as people write them, in Chinese and English. Pure; in React use `useFormat()`. */
import type { Lang } from '../i18n';
import { type Bilingual, closedUp, wordsOf } from '../i18n/texts';

export type MetricFormat = 'number' | 'integer' | 'decimal' | 'percent' | 'money' | 'duration';

/** A number ready to set: `value` large, `unit` smaller and grey. */
export interface Written {
  value: string;
  unit: string;
}

/** Below this, numbers are grouped (8,430); from here they are shortened (84.3万, 84.3K). */
export const SHORT_FROM = 10_000;
export const NOTHING = '–';

const DAY_S = 86_400;
const YUAN: Record<Lang, string> = { zh: '元', en: 'CNY' };
const LOCALE: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' };
const UNITS: Record<Lang, { d: string; h: string; min: string; s: string }> = {
  zh: { d: '天', h: '小时', min: '分', s: '秒' },
  en: { d: 'd', h: 'h', min: 'min', s: 's' },
};

/** Short where it is long: 1,284 · 328.6万 · 1.28亿 · 3.29M. */
export function short(value: number | null | undefined, lang: Lang, digits = 2): string {
  if (!isNumber(value)) return NOTHING;
  if (Math.abs(value) < SHORT_FROM) return full(value, lang, digits);
  return number(lang, { notation: 'compact', maximumFractionDigits: 2 }).format(value);
}

/** Every digit, grouped: 3,286,000. For tooltips, tables of detail and exports. */
export function full(value: number | null | undefined, lang: Lang, digits = 2): string {
  return isNumber(value) ? number(lang, { maximumFractionDigits: digits }).format(value) : NOTHING;
}

/** A share 0–1 as percent: 0.924 → 92.4%. */
export function percent(share: number | null | undefined, lang: Lang, digits = 1): string {
  return isNumber(share) ? number(lang, { style: 'percent', maximumFractionDigits: digits }).format(share) : NOTHING;
}

/** A value as its metric wants it; `exact` writes every digit. */
export function written(
  value: number | null | undefined,
  { format = 'number', unit: words, lang, exact = false }: MetricWords & { lang: Lang; exact?: boolean },
): Written {
  const write = exact ? full : short;
  const unit = unitIn(words, lang);
  if (!isNumber(value)) return { value: NOTHING, unit: '' };
  switch (format) {
    case 'percent':
      return { value: percent(value, lang, exact ? 2 : 1), unit: unit === '%' ? '' : unit };
    case 'integer':
      return { value: write(value, lang, 0), unit };
    case 'decimal':
      return { value: write(value, lang, Math.abs(value) < 100 ? (exact ? 2 : 1) : exact ? 2 : 0), unit };
    case 'money':
      return { value: write(value, lang, 2), unit: unit || YUAN[lang] };
    case 'duration':
      return { value: duration(value * secondsOf(unit), lang), unit: '' };
    default:
      return { value: write(value, lang, 2), unit };
  }
}

export interface MetricWords {
  format?: string | null;
  /** As definitions give it, or a text in the language now. */
  unit?: Unit | null;
}

export type Unit = Bilingual | string;

/** A unit as it is read after a number in `lang`; nothing where there is none. */
export function unitIn(unit: Unit | null | undefined, lang: Lang): string {
  return wordsOf(unit, lang);
}

/** The head of a column of numbers: Speed (km/h). */
export function headWith(title: string, unit: Unit | null | undefined, lang: Lang): string {
  const words = unitIn(unit, lang);
  return words ? `${title} (${words})` : title;
}

/** `written` in one string: 28.4 km/h; Chinese units after Chinese numerals need no gap (328.6万人次). */
export function writtenLine(
  value: number | null | undefined,
  words: MetricWords & { lang: Lang; exact?: boolean },
): string {
  const { value: figure, unit } = written(value, words);
  if (!unit) return figure;
  return closedUp(`${figure} ${unit}`);
}

/** Two largest units: 1 小时 26 分 · 5 分钟 · 2 d 3 h · 42 s. */
export function duration(seconds: number | null | undefined, lang: Lang): string {
  if (!isNumber(seconds)) return NOTHING;
  const u = UNITS[lang];
  const sign = seconds < 0 ? '−' : '';
  const s = Math.abs(seconds);
  if (s < 60) return `${sign}${full(s, lang, s < 10 ? 1 : 0)} ${u.s}`;
  const steps: [number, string][] = [
    [DAY_S, u.d],
    [3_600, u.h],
    [60, u.min],
    [1, u.s],
  ];
  const startOf = (of: number) => steps.findIndex(([length]) => of >= length);
  // Rounded to the second unit first, so that 59 min 59.9 s becomes an hour and not 60 minutes.
  const [least = 1] = steps[startOf(s) + 1] ?? [];
  const rounded = Math.round(s / least) * least;
  const start = startOf(rounded);
  const [length = 1, name = u.s] = steps[start] ?? [];
  const [nextLength, nextName] = steps[start + 1] ?? [];
  const rest = nextLength ? Math.round((rounded % length) / nextLength) : 0;
  const tail = rest && nextName ? ` ${rest} ${nextName}` : '';
  // 分 by itself is also a mark or a cent.
  const first = name === '分' && !tail ? '分钟' : name;
  return `${sign}${full(Math.floor(rounded / length), lang)} ${first}${tail}`;
}

/** 11-21 09:30, with the year when it is not the year of `now`, in the city's time zone. */
export function moment(iso: string | null | undefined, zone: string, now: Date = new Date()): string {
  const at = dateOf(iso);
  if (!at) return NOTHING;
  const p = partsOf(at, zone);
  const year = p.year === partsOf(now, zone).year ? '' : `${p.year}-`;
  return `${year}${p.month}-${p.day} ${p.hour}:${p.minute}`;
}

/** 09:30 on the day of `now`, else 11-21: for lists of what happened lately. */
export function timeOrDay(iso: string | null | undefined, zone: string, now: Date = new Date()): string {
  const [date = '', time = ''] = moment(iso, zone, now).split(' ');
  return date === moment(now.toISOString(), zone, now).split(' ')[0] ? time : date;
}

/** 2026-11-21, in the city's time zone. */
export function day(iso: string | null | undefined, zone: string): string {
  const at = dateOf(iso);
  if (!at) return NOTHING;
  const p = partsOf(at, zone);
  return `${p.year}-${p.month}-${p.day}`;
}

/** The moment at which clocks in `zone` show `wall`, 2026-11-21 09:30, as ISO text. */
export function instant(wall: string, zone: string): string {
  const shown = Date.parse(`${wall.replace(' ', 'T')}Z`);
  const ahead = (at: number) => Date.parse(`${fullMoment(new Date(at).toISOString(), zone).replace(' ', 'T')}Z`) - at;
  // Twice, since around a change of summer time the offset is another one at the moment itself.
  return new Date(shown - ahead(shown - ahead(shown))).toISOString();
}

/** 2026-11-21 09:30:12, for tooltips and exports. */
export function fullMoment(iso: string | null | undefined, zone: string): string {
  const at = dateOf(iso);
  if (!at) return NOTHING;
  const p = partsOf(at, zone);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`;
}

/** 3 分钟前 · in 2 hours; older than a week, or further off, is better said by `moment`. */
export function relative(iso: string | null | undefined, lang: Lang, now: Date = new Date()): string {
  const at = dateOf(iso);
  if (!at) return NOTHING;
  const s = (at.getTime() - now.getTime()) / 1000;
  const words = new Intl.RelativeTimeFormat(LOCALE[lang], { numeric: 'auto' });
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [DAY_S, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ];
  const [length, unit] = steps.find(([size]) => Math.abs(s) >= size) ?? [1, 'second'];
  if (unit === 'second' && Math.abs(s) < 10) return lang === 'zh' ? '刚刚' : 'just now';
  const said = words.format(Math.trunc(s / length), unit);
  // Digits stand apart from Chinese words, as everywhere.
  return lang === 'zh' ? said.replace(/(\d)(?=\p{Script=Han})/u, '$1 ') : said;
}

/** Label of a period that starts at the local time `start` (an answer's `time` column). */
export function period(start: string, grain: string | null | undefined, lang: Lang): string {
  const [date = '', clock = ''] = start.split(/[T ]/);
  const [year = '', month = '', dayOf = ''] = date.split('-');
  switch (grain) {
    case 'hour':
      return `${month}-${dayOf} ${clock.slice(0, 5)}`;
    case 'week':
      return lang === 'zh' ? `${month}-${dayOf} 周` : `w/c ${month}-${dayOf}`;
    case 'month':
      return `${year}-${month}`;
    case 'quarter':
      return lang === 'zh' ? `${year} 年 ${quarterOf(month)} 季度` : `${year} Q${quarterOf(month)}`;
    case 'year':
      return year;
    default:
      return `${month}-${dayOf}`;
  }
}

/** 3.4 MB. */
export function bytes(size: number | null | undefined, lang: Lang): string {
  if (!isNumber(size)) return NOTHING;
  const step = Math.min(4, Math.floor(Math.log(Math.max(size, 1)) / Math.log(1024)));
  return `${full(size / 1024 ** step, lang, step ? 1 : 0)} ${['B', 'KB', 'MB', 'GB', 'TB'][step]}`;
}

function quarterOf(month: string): number {
  return Math.ceil(Number(month) / 3);
}

function secondsOf(unit: string): number {
  if (unit === '分钟' || unit === 'min' || unit === 'minutes') return 60;
  if (unit === '小时' || unit === 'h' || unit === 'hours') return 3_600;
  if (unit === '天' || unit === 'd' || unit === 'days') return DAY_S;
  return unit === 'ms' || unit === '毫秒' ? 0.001 : 1;
}

function dateOf(iso: string | null | undefined): Date | undefined {
  const at = iso ? new Date(iso) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at : undefined;
}

const zones = new Map<string, Intl.DateTimeFormat>();

function partsOf(at: Date, zone: string): Record<string, string> {
  let words = zones.get(zone);
  if (!words) {
    const two = '2-digit';
    words = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
      hourCycle: 'h23',
    });
    zones.set(zone, words);
  }
  return Object.fromEntries(words.formatToParts(at).map((part) => [part.type, part.value]));
}

const numbers = new Map<string, Intl.NumberFormat>();

function number(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang + JSON.stringify(options);
  let found = numbers.get(key);
  if (!found) {
    found = new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-US', options);
    numbers.set(key, found);
  }
  return found;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
