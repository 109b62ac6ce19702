/** Whether the log is still what was written: recomputed on demand, with a verdict in words and what to do next. */
import { SafetyCertificateOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import css from './audit.module.css';
import { verify } from './queries';

export function Verification() {
  const { t } = useTranslation('audit');
  const { full } = useFormat();
  const check = useMutation({ mutationFn: verify });
  const verdict = check.data;
  const tone = !verdict ? 'unknown' : verdict.broken_at === null ? 'sound' : 'broken';
  return (
    <section className={`${css.verdict} ${css[tone]}`} aria-label={t('chain.title')}>
      <SafetyCertificateOutlined aria-hidden="true" className={css.sign} />
      <div className={css.said} role="status">
        {check.isError && <Failure error={check.error} />}
        {!verdict && !check.isError && (
          <>
            <strong>{t('chain.title')}</strong>
            <p>{check.isPending ? t('chain.running') : t('chain.hint')}</p>
          </>
        )}
        {verdict?.broken_at === null && (
          <>
            <strong>{t('chain.sound')}</strong>
            <p>{t('chain.soundHint', { count: full(verdict.entries) })}</p>
          </>
        )}
        {verdict && verdict.broken_at !== null && (
          <>
            <strong>{t('chain.broken', { seq: full(verdict.broken_at) })}</strong>
            <p>
              {t(`chain.faults.${verdict.fault ?? 'altered'}`)} {t('chain.brokenHint')}{' '}
              <Link to="/audit" search={{ before: verdict.broken_at + 5 }}>
                {t('chain.look')}
              </Link>
            </p>
          </>
        )}
      </div>
      <Button onClick={() => check.mutate()} loading={check.isPending}>
        {t(verdict ? 'chain.again' : 'chain.verify')}
      </Button>
    </section>
  );
}
