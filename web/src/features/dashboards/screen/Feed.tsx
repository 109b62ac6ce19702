/** What happened last, newest first: alerts and orders, each a link to where it is dealt with. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../../i18n/texts';
import { useFormat } from '../../../ui/useFormat';
import type { Item } from './items';
import { Panel } from './Panel';
import panelCss from './panel.module.css';
import { Sign } from './Sign';
import css from './screen.module.css';
import { usePlaceWords } from './usePlaceWords';

const MOST = 30;

export function Feed({ items }: { items: readonly Item[] | undefined }) {
  const { t } = useTranslation('cockpit');
  const open = items?.filter(({ isOver }) => !isOver).length ?? 0;
  return (
    <Panel title={t('feed.title')} note={t('feed.open', { count: open })}>
      {items?.length === 0 ? (
        <p className={css.nothing}>{t('feed.none')}</p>
      ) : (
        <ol className={panelCss.feed}>
          {items?.slice(0, MOST).map((item) => (
            <Line key={item.key} item={item} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Line({ item }: { item: Item }) {
  const { t } = useTranslation('cockpit');
  const { moment } = useFormat();
  return (
    <li data-over={item.isOver} className={panelCss.feedLine}>
      <span className={panelCss.severity} data-severity={item.isOver ? 'over' : item.severity}>
        <Sign severity={item.severity} isOver={item.isOver} />
        {t(item.isOver ? `over.${item.kind}` : `severity.${item.severity}`)}
      </span>
      <ItemLink item={item} />
      <time dateTime={item.at}>{moment(item.at).slice(-11)}</time>
    </li>
  );
}

/** The item by its title, as a link. */
export function ItemLink({ item }: { item: Item }) {
  const say = useSay();
  const placeWords = usePlaceWords();
  const place = item.kind === 'alert' ? placeWords(item.place) : '';
  const words = [place, say(item.title)].filter(Boolean).join(' · ');
  return (
    <Link to={item.kind === 'order' ? '/workorders' : '/alerts'} className={panelCss.feedTitle} title={words}>
      {words}
    </Link>
  );
}
