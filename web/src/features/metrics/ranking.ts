/** Which metrics a city lives by: those that most dashboards, alerts and procedures use. Pure. */
import type { Lineage, Metric } from './queries';

/** How many definitions other than metrics use each metric. */
function usesOf(lineage: readonly Lineage[]): (metric: Metric) => number {
  const uses = new Map(
    lineage.map((each) => [each.metric, each.used_by.filter(({ kind }) => kind !== 'metric').length]),
  );
  return (metric) => uses.get(metric.name) ?? 0;
}

/** Metrics by department, the department with the most used metrics first, within each the most used first. */
export function byOwner(metrics: readonly Metric[], lineage: readonly Lineage[]): Metric[] {
  const uses = usesOf(lineage);
  const groups = [...Map.groupBy(metrics, ({ owner }) => owner).values()];
  const sum = (group: readonly Metric[]) => group.reduce((all, each) => all + uses(each), 0);
  return groups
    .sort((a, b) => sum(b) - sum(a))
    .flatMap((group) => group.sort((a, b) => uses(b) - uses(a) || a.name.localeCompare(b.name)));
}

/** The most used metric of each department, the most used of all first; then the others. */
export function bestKnown(metrics: readonly Metric[], lineage: readonly Lineage[]): Metric[] {
  const uses = usesOf(lineage);
  const ranked = [...metrics].sort((a, b) => uses(b) - uses(a) || a.name.localeCompare(b.name));
  const owners = new Set<string | null>();
  const first = ranked.filter(({ owner }) => !owners.has(owner) && owners.add(owner));
  return [...first, ...ranked.filter((each) => !first.includes(each))];
}
