/** The first page: the loop with today's figures, how fresh the data is, what needs somebody, what just happened. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCity } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { Grid, Page, Span } from '../../ui/Page';
import { Failure } from '../../ui/StateView';
import { TourInvitation } from '../../ui/TourStart';
import { useFormat } from '../../ui/useFormat';
import { Attention } from './Attention';
import { Departments } from './Departments';
import { Events } from './Events';
import { Loop } from './Loop';
import css from './overview.module.css';
import { datasetsQuery } from './queries';

export function OverviewPage() {
  const { t } = useTranslation('overview');
  const { fullMoment, now } = useFormat();
  const city = useSay()(useCity().name);
  const datasets = useQuery(datasetsQuery);
  const at = fullMoment(now().toISOString());
  return (
    <Page title={city ? t('titleOf', { city }) : t('title')} subtitle={t('subtitle', { at })}>
      <TourInvitation />
      {datasets.isError ? <Failure error={datasets.error} retry={() => void datasets.refetch()} /> : <Loop />}
      <Grid>
        <Span of={7}>
          <div className={css.stack}>
            <Departments />
          </div>
        </Span>
        <Span of={5}>
          <Attention />
        </Span>
        <Span of={12}>
          <Events />
        </Span>
      </Grid>
    </Page>
  );
}
