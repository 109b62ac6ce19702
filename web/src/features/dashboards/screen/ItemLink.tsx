/** An alert or an order in words, and as a link to its own page. */
import { Link } from '@tanstack/react-router';
import { useSay } from '../../../i18n/texts';
import { usePlace } from '../../../query/usePlace';
import { Words } from '../../../ui/Words';
import type { Item } from './items';
import panelCss from './panel.module.css';

/** The item by its title. */
export function ItemLink({ item }: { item: Item }) {
  const words = useItemWords()(item);
  const look = { className: panelCss.feedTitle ?? '', title: words };
  return item.kind === 'order' ? (
    <Link to="/workorders/$number" params={{ number: item.name }} {...look}>
      <Words of={words} />
    </Link>
  ) : (
    <Link to="/alerts/$name" params={{ name: item.name }} {...look}>
      <Words of={words} />
    </Link>
  );
}

/** Where, and what: an order's own title says where. */
export function useItemWords(): (item: Item) => string {
  const say = useSay();
  const place = usePlace();
  const hasPlace = (item: Item) => item.kind === 'alert' && Object.keys(item.place).length > 0;
  return (item) => [hasPlace(item) ? place(item.place) : '', say(item.title)].filter(Boolean).join(' · ');
}
