/** Why the person here sees what they see: the outcome, each rule with its reason, each column's treatment. */
import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { SideDrawer } from '../../ui/SideDrawer';
import { StateView } from '../../ui/StateView';
import css from './datasets.module.css';
import { accessQuery, type Dataset } from './queries';
import { Treatment } from './Treatment';
import { datasetView, PURPOSES } from './views';

export function WhyDrawer({ dataset, open, onClose }: { dataset: Dataset; open: boolean; onClose: () => void }) {
  const { t } = useTranslation('datasets');
  const say = useSay();
  const department = useDepartment();
  const [view, change] = useView(datasetView);
  const query = useQuery({ ...accessQuery(dataset.name, view.purpose), enabled: open });
  return (
    <SideDrawer open={open} onClose={onClose} title={t('why.title', { name: say(dataset.title, dataset.name) })}>
      <Segmented
        block
        aria-label={t('why.purpose')}
        value={view.purpose}
        onChange={(purpose) => change({ purpose })}
        options={PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }))}
        style={{ marginBottom: 14 }}
      />
      <StateView query={query} height={320}>
        {(access) => {
          const [outcome, ...reasons] = access.sentences;
          return (
            <>
              <p className={css.outcome}>{outcome}</p>
              <ul className={css.sentences}>
                {reasons.map((sentence, i) => {
                  const isMet = access.rules[i]?.matched === true;
                  return (
                    <li key={sentence}>
                      <span className={css.mark} aria-hidden="true">
                        {isMet ? '✓' : '–'}
                      </span>
                      <span className={isMet ? undefined : 'muted'}>{sentence}</span>
                    </li>
                  );
                })}
              </ul>
              <h3 style={{ fontSize: 14, margin: '20px 0 8px' }}>{t('why.columns')}</h3>
              <ul className={css.sentences}>
                {dataset.fields.map((field) => (
                  <li key={field.name} style={{ justifyContent: 'space-between' }}>
                    <span>{say(field.title, field.name)}</span>
                    <Treatment kind={access.allowed ? (access.columns[field.name] ?? 'deny') : 'deny'} />
                  </li>
                ))}
              </ul>
              <p className="muted" style={{ marginTop: 16, fontSize: 13 }}>
                {t('why.apply', { owner: department(dataset.owner) })}
              </p>
            </>
          );
        }}
      </StateView>
    </SideDrawer>
  );
}
