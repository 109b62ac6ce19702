/** The formatters, bound to the language and to the city's time zone and clock. */
import { useMemo } from 'react';
import { useCity } from '../api/session';
import { useLang } from '../i18n/texts';
import * as format from './format';

export function useFormat() {
  const lang = useLang();
  const { time_zone: zone, now } = useCity();
  return useMemo(() => {
    const cityNow = () => cityTime(now);
    return {
      lang,
      zone,
      short: (value: number | null | undefined, digits?: number) => format.short(value, lang, digits),
      full: (value: number | null | undefined, digits?: number) => format.full(value, lang, digits),
      percent: (share: number | null | undefined, digits?: number) => format.percent(share, lang, digits),
      written: (value: number | null | undefined, words: format.MetricWords & { exact?: boolean }) =>
        format.written(value, { ...words, lang }),
      line: (value: number | null | undefined, words: format.MetricWords & { exact?: boolean }) =>
        format.writtenLine(value, { ...words, lang }),
      duration: (seconds: number | null | undefined) => format.duration(seconds, lang),
      moment: (iso: string | null | undefined) => format.moment(iso, zone, cityNow()),
      timeOrDay: (iso: string | null | undefined) => format.timeOrDay(iso, zone, cityNow()),
      fullMoment: (iso: string | null | undefined) => format.fullMoment(iso, zone),
      instant: (wall: string) => format.instant(wall, zone),
      day: (iso: string | null | undefined) => format.day(iso, zone),
      relative: (iso: string | null | undefined) => format.relative(iso, lang, cityNow()),
      period: (start: string, grain?: string | null) => format.period(start, grain, lang),
      bytes: (size: number | null | undefined) => format.bytes(size, lang),
      /** What time it is in the city; a demo city lives in its own. */
      now: cityNow,
    };
  }, [lang, zone, now]);
}

const started = performance.now();

/** The city's clock goes on from what it said when the page asked. */
function cityTime(saidNow: string): Date {
  if (!saidNow) return new Date();
  return new Date(new Date(saidNow).getTime() + performance.now() - started);
}
