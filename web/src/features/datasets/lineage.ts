/** Where a dataset's rows come from and what is made of them, as five columns of nodes and the lines between. Pure. */
import type { Schema } from '../../api/client';

export const STEPS = ['sources', 'dataset', 'models', 'metrics', 'users'] as const;
export type Step = (typeof STEPS)[number];

export interface Node {
  key: string;
  step: Step;
  kind: string;
  name: string;
}

export interface Graph {
  nodes: Record<Step, Node[]>;
  edges: { from: string; to: string }[];
}

export function graphOf(dataset: string, sources: readonly string[], lineage: readonly Schema<'LineageBody'>[]): Graph {
  const nodes: Graph['nodes'] = { sources: [], dataset: [], models: [], metrics: [], users: [] };
  const edges: Graph['edges'] = [];
  const put = (step: Step, kind: string, name: string): string => {
    const key = `${kind}:${name}`;
    if (!nodes[step].some((each) => each.key === key)) nodes[step].push({ key, step, kind, name });
    return key;
  };
  const link = (from: string, to: string) => {
    if (!edges.some((each) => each.from === from && each.to === to)) edges.push({ from, to });
  };
  const centre = put('dataset', 'dataset', dataset);
  for (const source of sources) link(put('sources', 'source', source), centre);
  for (const each of lineage.filter((one) => one.datasets.includes(dataset))) {
    const metric = put('metrics', 'metric', each.metric);
    for (const model of each.models) {
      const at = put('models', 'model', model);
      link(centre, at);
      link(at, metric);
    }
    for (const user of each.used_by.filter((one) => one.kind !== 'metric'))
      link(metric, put('users', user.kind, user.name));
  }
  return { nodes, edges };
}

/** Everything before and after `key`, itself included; all of them when nothing is pointed at. */
export function alongside(graph: Graph, key: string | undefined): Set<string> | undefined {
  if (!key) return undefined;
  const walk = (found: Set<string>, next: (at: string) => string[]) => {
    for (const at of found) for (const other of next(at)) found.add(other);
    return found;
  };
  const after = walk(new Set([key]), (at) => graph.edges.filter((each) => each.from === at).map((each) => each.to));
  const before = walk(new Set([key]), (at) => graph.edges.filter((each) => each.to === at).map((each) => each.from));
  return new Set([...after, ...before]);
}
