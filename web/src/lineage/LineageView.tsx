/** Where data comes from and what it leads to, as columns of linked nodes; pointing at one shows its own way. */
import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StateView } from '../ui/StateView';
import { alongside, type Column, columnsOf, type Graph, type Node } from './graph';
import css from './lineage.module.css';
import { NodeLink } from './NodeLink';

/** From one node of a column to the next, px. */
const SLOT_PX = 54;
/** Share of a column that its nodes take; lines have the rest. */
const WIDE = 0.76;

export function LineageView({ query, current }: { query: UseQueryResult<Graph>; current: string }) {
  return (
    <StateView query={query} height={360}>
      {(graph) => <Drawing graph={graph} current={current} />}
    </StateView>
  );
}

function Drawing({ graph, current }: { graph: Graph; current: string }) {
  const { t } = useTranslation('lineage');
  const [pointed, point] = useState<string>();
  const columns = useMemo(() => columnsOf(graph), [graph]);
  const lit = useMemo(() => (pointed ? alongside(graph.edges, pointed) : undefined), [graph, pointed]);
  const height = Math.max(...columns.map(({ nodes }) => nodes.length)) * SLOT_PX;
  const share = 100 / (columns.length - 1 + WIDE);
  const yOf = ({ nodes }: Column, i: number) => height / 2 + (i - (nodes.length - 1) / 2) * SLOT_PX;
  const places = new Map(
    columns.flatMap((column, i) =>
      column.nodes.map((node, j): [string, { x: number; y: number }] => [
        node.key,
        { x: share * i, y: yOf(column, j) },
      ]),
    ),
  );
  return (
    <div className={css.lineage}>
      <div className={css.graph}>
        <svg
          viewBox={`0 0 100 ${height}`}
          preserveAspectRatio="none"
          className={css.lines}
          style={{ height }}
          aria-hidden="true"
        >
          {graph.edges.map(({ before, after }) => {
            const [a, b] = [places.get(before), places.get(after)];
            if (!a || !b) return null;
            const [from, bend] = [a.x + share * WIDE, (a.x + share * WIDE + b.x) / 2];
            return (
              <path
                key={`${before} ${after}`}
                d={`M${from} ${a.y}C${bend} ${a.y} ${bend} ${b.y} ${b.x} ${b.y}`}
                className={lit ? (lit.has(before) && lit.has(after) ? css.lit : css.faint) : css.line}
              />
            );
          })}
        </svg>
        {columns.map(({ step, nodes }) => (
          <section key={step} className={css.column} style={{ width: `${share}%` }} aria-labelledby={`lineage-${step}`}>
            <h3 className={css.head} id={`lineage-${step}`}>
              {t(`step.${step}`)} <span className="number">{nodes.length}</span>
            </h3>
            <ul className={css.nodes} style={{ height }}>
              {nodes.map((node: Node) => (
                <li
                  key={node.key}
                  className={lit && !lit.has(node.key) ? css.dim : ''}
                  onPointerEnter={() => point(node.key)}
                  onPointerLeave={() => point(undefined)}
                  onFocus={() => point(node.key)}
                  onBlur={() => point(undefined)}
                >
                  <NodeLink node={node} isCurrent={node.key === current} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}
