/** antd's calendar in the page's language, over plain texts. Heavy: `DateField` loads it. */
import { DatePicker } from 'antd';
import enUS from 'antd/es/date-picker/locale/en_US';
import zhCN from 'antd/es/date-picker/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import type { Lang } from '../i18n';
import css from './calendar.module.css';
import type { DateFieldProps } from './DateField';
import { useFormat } from './useFormat';

const DAY = 'YYYY-MM-DD';
const MINUTE = 'YYYY-MM-DD HH:mm';

export function Calendar({
  label,
  value,
  onChange,
  min,
  max,
  withTime = false,
  isWrong,
  required = false,
  ...more
}: DateFieldProps) {
  const { day, lang, now } = useFormat();
  const format = withTime ? MINUTE : DAY;
  return (
    <DatePicker
      {...more}
      className={css.date ?? ''}
      aria-label={label}
      locale={namedAsRead(lang)}
      allowClear={!required}
      format={format}
      placeholder={more.placeholder ?? label}
      // The device's today may be another day than the city's: it opens at the city's and offers no “today”.
      defaultPickerValue={dayjs(max || day(now().toISOString()))}
      showNow={false}
      showTime={withTime ? { format: 'HH:mm', minuteStep: 5 } : false}
      value={value ? dayjs(value) : null}
      onChange={(chosen) => onChange(chosen?.isValid() ? chosen.format(format) : '')}
      {...(min ? { minDate: dayjs(min) } : {})}
      {...(max ? { maxDate: dayjs(max) } : {})}
      {...(isWrong ? { status: 'error' as const } : {})}
    />
  );
}

/** The buttons of year and month are called as they read: “2026”, “Nov”. */
function namedAsRead(lang: Lang) {
  const known = lang === 'zh' ? zhCN : enUS;
  return { ...known, lang: { ...known.lang, yearSelect: '', monthSelect: '' } };
}
