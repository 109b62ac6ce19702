/** What a click on a chart filters the page by. */
import { type Answer, readAnswer } from '../../charts/answer';
import type { Selected } from '../../charts/Chart';
import { type Filter, isValue, withFilter } from '../../query/model';

/** The page's filters after a click: the value is added, or taken away when it alone was chosen already. */
export function crossed(filters: readonly Filter[], answer: Answer, selected: Selected): Filter[] | undefined {
  const { time, dimensions } = readAnswer(answer, 'zh');
  const [axis, split] = [time, ...dimensions].filter((field) => field !== undefined);
  const wanted: Filter[] = [];
  if (axis && axis !== time && isValue(selected.category))
    wanted.push({ dimension: axis.column.name, op: 'in', values: [selected.category] });
  if (split && (axis === time || wanted.length === 0) && isValue(selected.series))
    wanted.push({ dimension: split.column.name, op: 'in', values: [selected.series] });
  if (wanted.length === 0) return undefined;
  return wanted.reduce<Filter[]>(
    (all, each) => withFilter(all, isSet(all, each) ? { ...each, values: [] } : each),
    [...filters],
  );
}

function isSet(filters: readonly Filter[], wanted: Filter): boolean {
  const now = filters.find(({ dimension }) => dimension === wanted.dimension);
  return now?.values.length === 1 && now.values[0] === wanted.values[0];
}
