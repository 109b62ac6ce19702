/** What one can do with a tile. */
import { EllipsisOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChartHandle } from '../../charts/Chart';
import { useLang, useSay } from '../../i18n/texts';
import { fileName, saveAnswer } from '../../query/export';
import { queryOf } from '../../query/model';
import { useNames, useWords } from '../../query/useWords';
import { exploreSearch } from '../../query/view';
import { useFormat } from '../../ui/useFormat';
import type { Tile } from './queries';

interface MenuProps {
  tile: Tile;
  chart?: RefObject<ChartHandle | null>;
  onOpen: () => void;
}

export function TileMenu({ tile, chart, onOpen }: MenuProps) {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const lang = useLang();
  const navigate = useNavigate();
  const words = useWords();
  const { fullMoment } = useFormat();
  const { answer } = tile;
  const names = useNames([answer]);
  const title = say(tile.title, tile.name);
  const isDrawn =
    tile.chart !== 'kpi' && tile.chart !== 'table' && tile.chart !== 'map' && (answer?.row_count ?? 0) > 0;
  const csv = () => {
    if (!answer) return;
    const notes = [words.query(queryOf(answer.query), names), t('asOf', { at: fullMoment(answer.as_of) })];
    saveAnswer(answer, title, lang, notes);
  };
  const explore = () => {
    if (answer) void navigate({ to: '/explore', search: exploreSearch(queryOf(answer.query), tile.chart) });
  };
  const items = [
    { key: 'details', label: t('menu.details'), onClick: onOpen },
    { key: 'explore', label: t('menu.explore'), onClick: explore, disabled: !answer },
    { type: 'divider' as const },
    { key: 'csv', label: t('menu.csv'), onClick: csv, disabled: !answer },
    { key: 'png', label: t('menu.png'), onClick: () => chart?.current?.png(fileName(title)), disabled: !isDrawn },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']} autoFocus placement="bottomRight">
      <Button
        type="text"
        size="small"
        icon={<EllipsisOutlined aria-hidden="true" />}
        aria-label={t('menu.label', { title })}
      />
    </Dropdown>
  );
}
