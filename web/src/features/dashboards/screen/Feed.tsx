/** What happened last, newest first: alerts and orders, each a link to where it is dealt with. */
import { useTranslation } from 'react-i18next';
import { Skeleton } from '../../../ui/StateView';
import { useFormat } from '../../../ui/useFormat';
import { ItemLink } from './ItemLink';
import type { Item } from './items';
import { Panel } from './Panel';
import panelCss from './panel.module.css';
import { Sign } from './Sign';
import css from './screen.module.css';

const MOST = 30;

export function Feed({ items, hasFailed }: { items: readonly Item[] | undefined; hasFailed: boolean }) {
  const { t } = useTranslation('cockpit');
  const open = items?.filter(({ isOver }) => !isOver).length;
  return (
    <Panel title={t('feed.title')} note={open !== undefined && t('feed.open', { count: open })}>
      {hasFailed ? (
        <p className={css.nothing}>{t('unread')}</p>
      ) : items === undefined ? (
        <Skeleton height={160} />
      ) : items.length === 0 ? (
        <p className={css.nothing}>{t('feed.none')}</p>
      ) : (
        <ol className={panelCss.feed}>
          {items.slice(0, MOST).map((item) => (
            <Line key={item.key} item={item} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Line({ item }: { item: Item }) {
  const { t } = useTranslation('cockpit');
  const { timeOrDay, fullMoment } = useFormat();
  return (
    <li data-over={item.isOver} className={panelCss.feedLine}>
      <span className={panelCss.severity} data-severity={item.isOver ? 'over' : item.severity}>
        <Sign severity={item.severity} isOver={item.isOver} />
        {t(item.isOver ? `over.${item.kind}` : `severity.${item.severity}`)}
      </span>
      <ItemLink item={item} />
      <time dateTime={item.at} title={fullMoment(item.at)}>
        {timeOrDay(item.at)}
      </time>
    </li>
  );
}
