/** An order beside the board. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { SideDrawer } from '../../ui/SideDrawer';
import { StateView } from '../../ui/StateView';
import { OrderDetail } from './OrderDetail';
import { orderQuery } from './queries';

export function OrderDrawer({ number, onClose }: { number: string; onClose: () => void }) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const query = useQuery(orderQuery(number));
  return (
    <SideDrawer
      open={number !== ''}
      onClose={onClose}
      width={640}
      title={query.data ? say(query.data.order.title, number) : number}
      actions={
        <Link to="/workorders/$number" params={{ number }}>
          {t('ownPage')}
        </Link>
      }
    >
      <StateView query={query} height={560}>
        {(detail) => <OrderDetail detail={detail} />}
      </StateView>
    </SideDrawer>
  );
}
