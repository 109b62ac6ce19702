/** Where a tile's numbers come from. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../charts/AnswerView';
import { useSay } from '../../i18n/texts';
import { Evidence } from '../../query/Evidence';
import { queryOf } from '../../query/model';
import { useNames } from '../../query/useWords';
import { exploreSearch } from '../../query/view';
import { SideDrawer } from '../../ui/SideDrawer';
import type { PageDimension, Tile } from './queries';
import { Refused } from './Refused';

interface DrawerProps {
  tile: Tile | undefined;
  dimensions: readonly PageDimension[];
  onClose: () => void;
}

export function TileDrawer({ tile, dimensions, onClose }: DrawerProps) {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const titles = useMemo(
    () => Object.fromEntries(dimensions.map((each) => [each.name, say(each.title, each.name)])),
    [dimensions, say],
  );
  const answers = useMemo(() => [tile?.answer], [tile]);
  const names = useNames(answers, titles);
  const answer = tile?.answer;
  return (
    <SideDrawer
      open={tile !== undefined}
      onClose={onClose}
      title={say(tile?.title, tile?.name)}
      width={640}
      actions={
        answer && (
          <Link to="/explore" search={exploreSearch(queryOf(answer.query), tile.chart)}>
            {t('menu.explore')}
          </Link>
        )
      }
    >
      {answer && tile.chart !== 'kpi' && (
        <div style={{ marginBottom: 20 }}>
          <AnswerView answer={answer} chart={tile.chart} height={280} map={tile.map} states={tile.states} />
        </div>
      )}
      {answer && <Evidence answer={answer} names={names} />}
      {tile && !answer && <Refused tile={tile} height={240} />}
    </SideDrawer>
  );
}
