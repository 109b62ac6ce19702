import { expect, it } from 'vitest';
import { alongside, graphOf } from './lineage';

const LINEAGE = [
  {
    metric: 'visits',
    models: ['visit'],
    datasets: ['hospital_visits', 'hospitals'],
    has_time: true,
    used_by: [
      { kind: 'dashboard', name: 'health', title: { zh: '健康', en: 'Health' } },
      { kind: 'metric', name: 'visits_per_bed', title: { zh: '床均', en: 'Per bed' } },
    ],
  },
  { metric: 'pm25', models: ['air'], datasets: ['air_quality'], has_time: true, used_by: [] },
];

it('leads from sources over models and metrics to who uses them', () => {
  const { nodes, edges } = graphOf('hospitals', ['his'], LINEAGE);
  expect(nodes.metrics.map((each) => each.name)).toEqual(['visits']);
  expect(nodes.users.map((each) => each.key)).toEqual(['dashboard:health']);
  expect(edges).toEqual([
    { from: 'source:his', to: 'dataset:hospitals' },
    { from: 'dataset:hospitals', to: 'model:visit' },
    { from: 'model:visit', to: 'metric:visits' },
    { from: 'metric:visits', to: 'dashboard:health' },
  ]);
});

it('follows one node both ways', () => {
  const graph = graphOf('hospitals', ['his', 'other'], LINEAGE);
  expect(alongside(graph, 'source:his')).not.toContain('source:other');
  expect(alongside(graph, 'dashboard:health')).toContain('source:other');
  expect(alongside(graph, undefined)).toBeUndefined();
});
