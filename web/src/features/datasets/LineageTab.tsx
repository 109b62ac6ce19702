/** Where a dataset's rows come from and what is made of them. */
import { useQuery } from '@tanstack/react-query';
import { LineageView } from '../../lineage/LineageView';
import { type Dataset, lineageQuery } from './queries';

export function LineageTab({ dataset }: { dataset: Dataset }) {
  return <LineageView query={useQuery(lineageQuery(dataset.name))} current={`dataset:${dataset.name}`} />;
}
