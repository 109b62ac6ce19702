/** An answer of the metrics as the chart that was asked for: figure, line, bar, stack, heat, share or table. */
import { lazy, type Ref, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n/texts';
import type { NamedState } from '../map/AnswerMap';
import { useTheme } from '../theme/mode';
import { Kpi } from '../ui/Kpi';
import { Empty, Skeleton } from '../ui/StateView';
import { type Answer, changeOf, numberAt, readAnswer } from './answer';
import { Chart, type ChartHandle, type Selected } from './Chart';
import css from './chart.module.css';
import type { Threshold } from './frame';
import { type ChartKind, DRAWN, describe, optionOf } from './options';

export interface AnswerViewProps {
  answer: Answer;
  chart: ChartKind;
  height?: number;
  thresholds?: readonly Threshold[];
  dashed?: readonly string[];
  /** Raw value of a series → colour of its state, from tokens. */
  colours?: Readonly<Record<string, string>>;
  decal?: boolean;
  onSelect?: (selected: Selected) => void;
  group?: string;
  ref?: Ref<ChartHandle>;
  /** Maps: name of the map; left out, one of the answer's dimension. Without any, bars are drawn. */
  map?: string | null;
  /** Maps: what the figures mean; left out, five steps. */
  states?: readonly NamedState[];
  /** Against what the last value of a figure is compared: “较昨日”. */
  against?: string;
}

export function AnswerView(props: AnswerViewProps) {
  const { answer, chart, height = 260 } = props;
  const { t } = useTranslation('ui');
  if (answer.row_count === 0) return <Empty title={t('chart.empty')} height={height} />;
  if (chart === 'kpi') return <AnswerKpi {...props} />;
  if (chart === 'table') return <InTable answer={props.answer} height={props.height} />;
  if (chart === 'map') return <OnMap {...props} height={height} />;
  return <Drawing {...props} height={height} />;
}

/** Maps are loaded only where one is drawn. */
/** Tables are heavy: a page that draws none fetches none. */
const AnswerTable = lazy(() => import('./AnswerTable').then((found) => ({ default: found.AnswerTable })));
const AnswerMap = lazy(() => import('../map/AnswerMap').then((found) => ({ default: found.AnswerMap })));
const NOTE_PX = 20;

function InTable({ answer, height }: { answer: Answer; height?: number | undefined }) {
  return (
    <Suspense fallback={<Skeleton height={height ?? 260} />}>
      <AnswerTable answer={answer} height={height} />
    </Suspense>
  );
}

function OnMap({ answer, height = 260, map, states, onSelect }: AnswerViewProps) {
  const { t } = useTranslation('ui');
  const bars = (
    <>
      <Drawing answer={answer} chart="bar" height={height - NOTE_PX} {...(onSelect ? { onSelect } : {})} />
      <p className={css.note}>{t('map.none')}</p>
    </>
  );
  return (
    <Suspense fallback={<Skeleton height={height} />}>
      <AnswerMap
        answer={answer}
        height={height}
        map={map ?? null}
        states={states ?? []}
        table={<InTable answer={answer} height={height} />}
        instead={bars}
        {...(onSelect ? { onSelect } : {})}
      />
    </Suspense>
  );
}

function Drawing({ answer, chart, thresholds, dashed, colours, ...rest }: AnswerViewProps) {
  const { t } = useTranslation('ui');
  const lang = useLang();
  const { tokens } = useTheme();
  const kind = DRAWN.find((each) => each === chart) ?? 'bar';
  const option = useMemo(
    () =>
      optionOf(answer, kind, {
        lang,
        t,
        tokens,
        ...(thresholds ? { thresholds } : {}),
        ...(dashed ? { dashed } : {}),
        ...(colours ? { colours } : {}),
      }),
    [answer, kind, lang, t, tokens, thresholds, dashed, colours],
  );
  const label = useMemo(() => t('chart.describe', describe(answer, kind, { lang, t })), [answer, kind, lang, t]);
  const { height, decal, onSelect, group, ref } = rest;
  return (
    <Chart
      option={option}
      label={label}
      height={height ?? 260}
      decal={decal ?? false}
      {...(onSelect ? { onSelect } : {})}
      {...(group ? { group } : {})}
      {...(ref ? { ref } : {})}
    />
  );
}

function AnswerKpi({ answer, against }: AnswerViewProps) {
  const lang = useLang();
  const { metrics, time } = readAnswer(answer, lang);
  return (
    <>
      {metrics.map((field) => {
        const values = field.values.map((_, row) => numberAt(field, row));
        const share = changeOf(field);
        return (
          <Kpi
            key={field.column.name}
            bare
            title={field.title}
            value={values.at(-1)}
            words={{ format: field.column.format ?? null, unit: field.column.unit ?? null }}
            direction={field.column.direction ?? 'none'}
            {...(time && against ? { change: { share, against } } : {})}
            {...(time ? { trend: values } : {})}
          />
        );
      })}
    </>
  );
}
