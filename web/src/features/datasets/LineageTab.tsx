/** The lineage of a dataset as a graph of five columns; pointing at a node shows its own way. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { StateView } from '../../ui/StateView';
import { alongside, type Graph, graphOf, type Node, STEPS } from './lineage';
import css from './lineage.module.css';
import { type Dataset, lineageQuery, metricsQuery, sourcesQuery } from './queries';

/** Height of a node and the room to the next, px. */
const STEP_PX = 46;
const COLUMN = 100 / STEPS.length;
/** Share of a column that its nodes take. */
const WIDE = 0.78;

export function LineageTab({ dataset }: { dataset: Dataset }) {
  const query = useQuery(lineageQuery);
  return (
    <StateView query={query} height={420}>
      {(lineage) => <Drawing dataset={dataset} lineage={lineage} />}
    </StateView>
  );
}

function Drawing({ dataset, lineage }: { dataset: Dataset; lineage: Parameters<typeof graphOf>[2] }) {
  const { t } = useTranslation('datasets');
  const [pointed, point] = useState<string>();
  const titleOf = useTitles(dataset, lineage);
  const graph = useMemo(() => graphOf(dataset.name, dataset.sources, lineage), [dataset, lineage]);
  const lit = useMemo(() => alongside(graph, pointed), [graph, pointed]);
  const tallest = Math.max(...STEPS.map((step) => graph.nodes[step].length));
  const height = Math.max(4, tallest) * STEP_PX;
  const yOf = (node: Node) => {
    const column = graph.nodes[node.step];
    return (height / column.length) * (column.indexOf(node) + 0.5);
  };
  return (
    <div className={css.lineage}>
      <p className={css.hint}>{t('lineage.hint')}</p>
      <ol className={css.heads}>
        {STEPS.map((step) => (
          <li key={step}>
            {t(`lineage.${step}`)} <span className="number">{graph.nodes[step].length}</span>
          </li>
        ))}
      </ol>
      <div className={css.graph} style={{ height }}>
        <Lines graph={graph} height={height} yOf={yOf} lit={lit} />
        {STEPS.map((step, i) => (
          <section key={step} className={css.column} aria-label={t(`lineage.${step}`)}>
            <h3 className={css.phoneHead}>{t(`lineage.${step}`)}</h3>
            {graph.nodes[step].length === 0 && <p className={css.nothing}>{t('lineage.nothing')}</p>}
            <ul>
              {graph.nodes[step].map((node) => (
                <li
                  key={node.key}
                  className={css.slot}
                  style={{ top: yOf(node), left: `${COLUMN * i}%`, width: `${COLUMN * WIDE}%` }}
                  onPointerEnter={() => point(node.key)}
                  onPointerLeave={() => point(undefined)}
                  onFocus={() => point(node.key)}
                  onBlur={() => point(undefined)}
                >
                  <NodeCard node={node} title={titleOf(node)} isFaint={lit !== undefined && !lit.has(node.key)} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

function Lines(given: { graph: Graph; height: number; yOf: (node: Node) => number; lit: Set<string> | undefined }) {
  const { graph, height, yOf, lit } = given;
  const byKey = new Map(STEPS.flatMap((step) => graph.nodes[step]).map((node) => [node.key, node]));
  return (
    <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" className={css.lines} aria-hidden="true">
      {graph.edges.map(({ from, to }) => {
        const [a, b] = [byKey.get(from), byKey.get(to)];
        if (!a || !b) return null;
        const x1 = COLUMN * (STEPS.indexOf(a.step) + WIDE);
        const x2 = COLUMN * STEPS.indexOf(b.step);
        const middle = (x1 + x2) / 2;
        const isLit = lit?.has(from) && lit.has(to);
        return (
          <path
            key={`${from} ${to}`}
            d={`M${x1} ${yOf(a)}C${middle} ${yOf(a)} ${middle} ${yOf(b)} ${x2} ${yOf(b)}`}
            className={isLit ? css.lit : lit ? css.faint : css.line}
          />
        );
      })}
    </svg>
  );
}

const PATHS: Record<string, (name: string) => string> = {
  source: (name) => `/sources/${name}`,
  dataset: (name) => `/datasets/${name}`,
  metric: (name) => `/metrics/${name}`,
  dashboard: (name) => `/dashboards/${name}`,
  alert: () => '/alerts',
};

function NodeCard({ node, title, isFaint }: { node: Node; title: string; isFaint: boolean }) {
  const { t } = useTranslation('datasets');
  const path = PATHS[node.kind]?.(node.name);
  const className = `${css.node} ${css[node.step]} ${isFaint ? css.dim : ''}`;
  const words = (
    <>
      <span className={css.title}>{title}</span>
      <span className={css.kind}>
        {node.step === 'users' || title === node.name ? t(`kind.${node.kind}`, node.kind) : node.name}
      </span>
    </>
  );
  return path ? (
    <Link to={path} className={className} title={`${title} · ${node.name}`}>
      {words}
    </Link>
  ) : (
    <span className={className} title={`${title} · ${node.name}`}>
      {words}
    </span>
  );
}

/** What nodes are called: definitions' titles where they are known here, else their names. */
function useTitles(dataset: Dataset, lineage: Parameters<typeof graphOf>[2]): (node: Node) => string {
  const say = useSay();
  const metrics = useQuery(metricsQuery).data;
  const sources = useQuery(sourcesQuery).data;
  return ({ kind, name }) => {
    if (kind === 'dataset') return say(dataset.title, name);
    if (kind === 'metric') return say(metrics?.find((each) => each.name === name)?.title, name);
    if (kind === 'source') return say(sources?.find((each) => each.name === name)?.title, name);
    const user = lineage.flatMap((each) => each.used_by).find((each) => each.kind === kind && each.name === name);
    return say(user?.title, name);
  };
}
