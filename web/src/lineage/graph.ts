/** Places the nodes of a lineage in columns so that lines cross little, and finds the way of one node. Pure. */
import type { Schema } from '../api/client';

export type Graph = Schema<'GraphBody'>;
export type Node = Schema<'NodeBody'>;
export type Edge = Schema<'EdgeBody'>;

export const STEPS = ['sources', 'datasets', 'metrics', 'uses', 'orders'] as const;
export interface Column {
  step: Node['step'];
  nodes: Node[];
}

/** The columns that hold something; nodes stand as near as can be to those that lead to them. */
export function columnsOf({ nodes, edges }: Graph): Column[] {
  const columns = STEPS.map((step) => ({ step, nodes: nodes.filter((each) => each.step === step) }));
  const filled = columns.filter((each) => each.nodes.length > 0);
  sortBy(filled, edges, 'before');
  sortBy(filled.toReversed(), edges, 'after');
  sortBy(filled, edges, 'before');
  return filled;
}

/** Everything before and after `key`, itself included. */
export function alongside(edges: readonly Edge[], key: string): Set<string> {
  const walk = (from: 'before' | 'after', to: 'before' | 'after') => {
    const found = new Set([key]);
    for (const at of found) for (const edge of edges) if (edge[from] === at) found.add(edge[to]);
    return found;
  };
  return new Set([...walk('before', 'after'), ...walk('after', 'before')]);
}

/** Sorts each column by where its neighbours in the columns before it stand, on average. */
function sortBy(columns: Column[], edges: readonly Edge[], side: 'before' | 'after'): void {
  const placed = new Map<string, number>();
  for (const { nodes } of columns) {
    const wish = new Map(
      nodes.map((node, i) => {
        const near = edges
          .filter((edge) => edge[side === 'before' ? 'after' : 'before'] === node.key)
          .flatMap((edge) => placed.get(edge[side]) ?? []);
        const mean = near.reduce((sum, each) => sum + each, 0) / near.length;
        return [node.key, near.length > 0 ? mean : (i + 0.5) / nodes.length];
      }),
    );
    nodes.sort((a, b) => (wish.get(a.key) ?? 0) - (wish.get(b.key) ?? 0));
    nodes.forEach((node, i) => {
      placed.set(node.key, (i + 0.5) / nodes.length);
    });
  }
}
