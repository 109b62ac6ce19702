/** The pages that the navigation offers, in the order of the loop; texts are `shell:nav.<key>`. */
import {
  AlertOutlined,
  ApiOutlined,
  AuditOutlined,
  BarChartOutlined,
  BookOutlined,
  CarryOutOutlined,
  CompassOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  EnvironmentOutlined,
  FundProjectionScreenOutlined,
  HomeOutlined,
  MessageOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';
import type { ShortcutId } from '../ui/shortcuts';

export interface Entry {
  key: string;
  to: string;
  icon: ComponentType;
  /** Who lacks it does not see the entry. */
  permission?: string;
  shortcut?: ShortcutId;
}

export interface Group {
  /** Text `shell:nav.groups.<key>`; the first group has none. */
  key: string;
  entries: readonly Entry[];
}

export const NAVIGATION: readonly Group[] = [
  {
    key: 'city',
    entries: [
      { key: 'overview', to: '/', icon: HomeOutlined, shortcut: 'overview' },
      { key: 'cockpit', to: '/cockpit', icon: FundProjectionScreenOutlined, shortcut: 'cockpit' },
    ],
  },
  {
    key: 'data',
    entries: [
      { key: 'catalogue', to: '/datasets', icon: DatabaseOutlined, shortcut: 'catalogue' },
      { key: 'sources', to: '/sources', icon: ApiOutlined, shortcut: 'sources' },
      { key: 'maps', to: '/maps', icon: EnvironmentOutlined },
    ],
  },
  {
    key: 'insight',
    entries: [
      { key: 'metrics', to: '/metrics', icon: BarChartOutlined, shortcut: 'metrics' },
      { key: 'dashboards', to: '/dashboards', icon: DashboardOutlined, shortcut: 'dashboards' },
      { key: 'explore', to: '/explore', icon: CompassOutlined, shortcut: 'explore' },
      { key: 'ask', to: '/ask', icon: MessageOutlined, shortcut: 'ask' },
    ],
  },
  {
    key: 'action',
    entries: [
      { key: 'alerts', to: '/alerts', icon: AlertOutlined, shortcut: 'alerts' },
      { key: 'workorders', to: '/workorders', icon: CarryOutOutlined, shortcut: 'workorders' },
    ],
  },
  {
    key: 'governance',
    entries: [
      { key: 'definitions', to: '/definitions', icon: BookOutlined, permission: 'definitions.view' },
      { key: 'audit', to: '/audit', icon: AuditOutlined, permission: 'audit.view' },
      { key: 'people', to: '/people', icon: TeamOutlined, permission: 'people.manage' },
    ],
  },
];

/** Entries that somebody with `may` sees; groups without any are left out. */
export function navigationFor(may: (permission: string | undefined) => boolean): Group[] {
  return NAVIGATION.map((group) => ({
    ...group,
    entries: group.entries.filter((each) => may(each.permission)),
  })).filter((group) => group.entries.length > 0);
}
