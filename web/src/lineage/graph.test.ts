import { expect, it } from 'vitest';
import { alongside, columnsOf, type Graph, type Node } from './graph';

function node(key: string, step: Node['step'], at: string | null = null): Node {
  const [kind = '', name = ''] = key.split(':');
  const known = (['source', 'dataset', 'metric', 'dashboard', 'alert', 'orders'] as const).find(
    (each) => each === kind,
  );
  if (!known) throw new Error(key);
  const title = { zh: name, en: name };
  return { key, kind: known, name, step, title, status: null, at, quality: null, count: null };
}

const graph: Graph = {
  nodes: [
    node('source:his', 'sources'),
    node('source:his2', 'sources'),
    node('dataset:visits', 'datasets', '2026-10-01T02:00:00Z'),
    node('dataset:hospitals', 'datasets', '2026-09-01T02:00:00Z'),
    node('metric:visits', 'metrics'),
    node('metric:beds', 'metrics'),
    node('dashboard:beds', 'uses'),
    node('alert:wave', 'uses'),
  ],
  edges: [
    { before: 'source:his', after: 'dataset:visits' },
    { before: 'source:his2', after: 'dataset:hospitals' },
    { before: 'dataset:visits', after: 'metric:visits' },
    { before: 'dataset:hospitals', after: 'metric:visits' },
    { before: 'dataset:hospitals', after: 'metric:beds' },
    { before: 'metric:beds', after: 'dashboard:beds' },
    { before: 'metric:visits', after: 'alert:wave' },
  ],
};

it('stands nodes near those that lead to them, in columns that hold something', () => {
  expect(columnsOf(graph).map(({ step, nodes }) => [step, nodes.map((each) => each.name)])).toEqual([
    ['sources', ['his', 'his2']],
    ['datasets', ['visits', 'hospitals']],
    ['metrics', ['visits', 'beds']],
    ['uses', ['wave', 'beds']],
  ]);
});

it('follows one node both ways', () => {
  expect([...alongside(graph.edges, 'dataset:visits')]).toEqual([
    'dataset:visits',
    'metric:visits',
    'alert:wave',
    'source:his',
  ]);
});
