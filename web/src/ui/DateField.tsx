/** A day, or a day with its time, to write or to choose from a calendar: in the page's language, not the browser's. */
import { Input } from 'antd';
import { type CSSProperties, lazy, Suspense } from 'react';

export interface DateFieldProps {
  label: string;
  /** 2026-11-21, `withTime` 2026-11-21 09:30, as clocks in the city show it; nothing chosen is ''. */
  value: string;
  onChange: (value: string) => void;
  /** First and last day to choose from. */
  min?: string | undefined;
  max?: string | undefined;
  withTime?: boolean;
  isWrong?: boolean;
  /** Cannot be emptied. */
  required?: boolean;
  placeholder?: string;
  style?: CSSProperties;
}

const Calendar = lazy(() => import('./Calendar').then((module) => ({ default: module.Calendar })));

export function DateField(props: DateFieldProps) {
  const { label, value, placeholder, style } = props;
  const waiting = (
    <Input disabled aria-label={label} value={value} {...(placeholder ? { placeholder } : {})} style={style} />
  );
  return (
    <Suspense fallback={waiting}>
      <Calendar {...props} />
    </Suspense>
  );
}
