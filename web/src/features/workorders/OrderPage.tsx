/** One order on a page of its own: what a link from elsewhere opens. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { Card } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { StateView } from '../../ui/StateView';
import { OrderDetail } from './OrderDetail';
import { orderQuery } from './queries';

export function OrderPage() {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const { number = '' } = useParams({ strict: false });
  const query = useQuery(orderQuery(number));
  const order = query.data?.order;
  return (
    <Page
      title={order ? say(order.title, number) : number}
      subtitle={number}
      breadcrumb={[{ title: t('title'), to: '/workorders' }, { title: number }]}
    >
      <Card>
        <StateView query={query} height={560}>
          {(detail) => <OrderDetail detail={detail} />}
        </StateView>
      </Card>
    </Page>
  );
}
