/** Which time: common spans by one click, or two days. The last day counts in, as people say it. */
import { CalendarOutlined, DownOutlined } from '@ant-design/icons';
import { Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DateField } from '../ui/DateField';
import { useFormat } from '../ui/useFormat';
import { dayAfter, type Range, rangeText } from './model';
import css from './query.module.css';
import { useWords } from './useWords';

const PRESETS: readonly Range[] = [
  { this: 'day' },
  { previous: 'day' },
  { last: '24h' },
  { last: '7d' },
  { last: '30d' },
  { last: '90d' },
  { this: 'week' },
  { this: 'month' },
  { previous: 'month' },
  { this: 'quarter' },
  { this: 'year' },
  { last: '12m' },
];

export function RangeControl({
  value,
  onChange,
  none,
}: {
  value: Range | null;
  onChange: (range: Range | null) => void;
  /** What no range means here: “all time”, “as each tile says”. */
  none: string;
}) {
  const { t } = useTranslation('query');
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const choose = (range: Range | null) => {
    setOpen(false);
    onChange(range);
  };
  const now = rangeText(value);
  const panel = (
    <div className={css.range}>
      <ul className={css.presets} aria-label={t('range.common')}>
        {[null, ...PRESETS].map((range) => (
          <li key={rangeText(range)}>
            <button
              type="button"
              className={css.preset}
              aria-pressed={rangeText(range) === now}
              onClick={() => choose(range)}
            >
              {range ? words.range(range) : none}
            </button>
          </li>
        ))}
      </ul>
      <Days key={now} value={value} onChoose={choose} />
    </div>
  );
  return (
    <Popover open={isOpen} onOpenChange={setOpen} trigger="click" placement="bottomLeft" content={panel} arrow={false}>
      <Button
        icon={<CalendarOutlined aria-hidden="true" />}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={`${t('range.label')}: ${value ? words.range(value) : none}`}
      >
        {value ? words.range(value) : none}
        <DownOutlined aria-hidden="true" className={css.caret} />
      </Button>
    </Popover>
  );
}

function Days({ value, onChoose }: { value: Range | null; onChoose: (range: Range) => void }) {
  const { t } = useTranslation('query');
  const { day, now } = useFormat();
  const today = day(now().toISOString());
  const [from, setFrom] = useState(value?.from?.slice(0, 10) ?? dayAfter(today, -6));
  const [to, setTo] = useState(value?.to ? dayAfter(value.to, -1) : today);
  const isWrong = Boolean(from && to && from > to);
  return (
    <form
      className={css.days}
      onSubmit={(event) => {
        event.preventDefault();
        if (from && to && !isWrong) onChoose({ from, to: dayAfter(to) });
      }}
    >
      <div>
        {t('range.from')}
        <DateField required label={t('range.from')} value={from} onChange={setFrom} />
      </div>
      <div>
        {t('range.to')}
        <DateField required label={t('range.to')} value={to} onChange={setTo} isWrong={isWrong} />
      </div>
      {isWrong && (
        <p className={css.wrong} role="alert">
          {t('range.wrong')}
        </p>
      )}
      <Button htmlType="submit" type="primary" disabled={!from || !to || isWrong}>
        {t('range.use')}
      </Button>
    </form>
  );
}
