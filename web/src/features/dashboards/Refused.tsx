/** Why a tile shows nothing: not for this person, or broken. */
import { LockOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Empty, NoPermission } from '../../ui/StateView';
import css from './board.module.css';
import type { Tile } from './queries';

/** A sign with two lines of words takes this much. */
const ROOM_FOR_SIGN = 150;

export function Refused({ tile, height }: { tile: Tile; height: number }) {
  const { t } = useTranslation('dashboards');
  if (height < ROOM_FOR_SIGN) return <Brief tile={tile} />;
  if (tile.status === 'forbidden') return <NoPermission hint={t('forbidden')} height={height} />;
  return (
    <div role="alert">
      <Empty title={tile.error?.message ?? t('failed')} hint={tile.error?.hint} height={height} />
    </div>
  );
}

/** The same in one line, where no more fits. */
export function Brief({ tile }: { tile: Tile }) {
  const { t } = useTranslation(['dashboards', 'ui']);
  const isForbidden = tile.status === 'forbidden';
  return (
    <p
      className={css.brief}
      role={isForbidden ? undefined : 'alert'}
      title={isForbidden ? t('forbidden') : (tile.error?.hint ?? '')}
    >
      {isForbidden && <LockOutlined aria-hidden="true" />}{' '}
      {isForbidden ? t('ui:state.forbidden') : (tile.error?.message ?? t('failed'))}
    </p>
  );
}
