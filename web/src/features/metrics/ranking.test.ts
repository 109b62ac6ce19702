import { expect, it } from 'vitest';
import type { Lineage, Metric } from './queries';
import { bestKnown, byOwner } from './ranking';

function metric(name: string, owner: string): Metric {
  const title = { zh: name, en: name };
  const synonyms = { zh: [], en: [] };
  const words = { description: null, synonyms, unit: null, format: 'number', direction: 'none', type: 'simple' };
  return { name, title, owner, readable: true, ...words };
}

function used(name: string, ...kinds: string[]): Lineage {
  const title = { zh: '', en: '' };
  const used_by = kinds.map((kind, i) => ({ kind, name: `${i}`, title }));
  return { metric: name, models: [], datasets: [], has_time: true, used_by };
}

const METRICS = [metric('a', 'market'), metric('b', 'transport'), metric('c', 'transport'), metric('d', 'market')];
const LINEAGE = [used('a', 'metric', 'metric', 'metric'), used('c', 'dashboard', 'alert'), used('d', 'dashboard')];

it('keeps departments together, the busiest first', () => {
  expect(byOwner(METRICS, LINEAGE).map((each) => each.name)).toEqual(['c', 'b', 'd', 'a']);
});

it('offers one metric of each department before a second one', () => {
  expect(bestKnown(METRICS, LINEAGE).map((each) => each.name)).toEqual(['c', 'd', 'a', 'b']);
});
