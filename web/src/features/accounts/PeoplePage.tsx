/** People, departments, roles and keys for those who manage them; one's own account for everybody. */
import { useQuery } from '@tanstack/react-query';
import { Select, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay, useMe } from '../../api/session';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { NoPermission } from '../../ui/StateView';
import { useNarrow } from '../../ui/useNarrow';
import { AccountTab } from './AccountTab';
import { DepartmentsTab } from './DepartmentsTab';
import { KeysTab } from './KeysTab';
import { PeopleTab } from './PeopleTab';
import css from './people.module.css';
import { openRequestsQuery } from './queries';
import { RequestsTab } from './RequestsTab';
import { RolesTab } from './RolesTab';
import { MANAGED, peopleView, TABS, type Tab } from './views';

const BODIES = {
  people: PeopleTab,
  requests: RequestsTab,
  departments: DepartmentsTab,
  roles: RolesTab,
  keys: KeysTab,
  account: AccountTab,
} as const;

export function PeoplePage() {
  const { t } = useTranslation('people');
  const [view, change] = useView(peopleView);
  const may = useMay();
  const me = useMe();
  const narrow = useNarrow();
  const tabs = TABS.filter((tab) => !MANAGED.includes(tab) || may('people.manage'));
  const waiting = useQuery({ ...openRequestsQuery, enabled: may('people.manage') }).data?.length ?? 0;
  const tab = view.tab || (may('people.manage') ? 'people' : 'account');
  const Body = BODIES[tab];
  const label = (each: Tab) =>
    each === 'requests' && waiting > 0 ? `${t(`tab.${each}`)} (${waiting})` : t(`tab.${each}`);
  const go = (next: Tab) => change({ tab: next, q: '', department: '', role: '', state: '', who: '' });
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <Card flush>
        {narrow ? (
          <div className={css.bar}>
            <Select
              aria-label={t('tabs')}
              value={tab}
              onChange={go}
              options={tabs.map((value) => ({ value, label: label(value) }))}
              style={{ width: '100%' }}
            />
          </div>
        ) : (
          <Tabs
            activeKey={tab}
            onChange={(key) => go(TABS.find((each) => each === key) ?? 'account')}
            items={tabs.map((key) => ({ key, label: label(key) }))}
            tabBarStyle={{ padding: '0 16px', margin: 0 }}
          />
        )}
        {tabs.includes(tab) && (tab !== 'account' || me.kind === 'person') ? (
          <Body />
        ) : (
          <NoPermission height={320} permission="people.manage" />
        )}
      </Card>
    </Page>
  );
}
