/** What wants attention, gathered from the features' `notices.ts`. */
import { BellOutlined } from '@ant-design/icons';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n/texts';
import type { Notice, NoticeProvider } from '../ui/registry';
import { Empty } from '../ui/StateView';
import { StatusTag } from '../ui/StatusTag';
import { useFormat } from '../ui/useFormat';
import { Words } from '../ui/Words';
import css from './bell.module.css';
import { Popover } from './Popover';
import bar from './topbar.module.css';

const found = import.meta.glob<NoticeProvider>('../features/*/notices.ts', { import: 'provider' });

export function Bell() {
  const { t } = useTranslation('shell');
  const notices = useNotices();
  const count = notices.length;
  return (
    <Popover
      label={t('notices.label', { count })}
      className={bar.icon}
      button={
        <span className={css.bell}>
          <BellOutlined aria-hidden="true" />
          {count > 0 && <span className={css.count}>{count > 99 ? '99+' : count}</span>}
        </span>
      }
    >
      {(close) => <List notices={notices} close={close} />}
    </Popover>
  );
}

function List({ notices, close }: { notices: readonly Notice[]; close: () => void }) {
  const { t } = useTranslation('shell');
  const { relative, fullMoment } = useFormat();
  if (notices.length === 0) return <Empty title={t('notices.none')} height={140} />;
  return (
    <ul className={css.list}>
      {notices.slice(0, 50).map((notice) => (
        <li key={notice.key}>
          <Link to={notice.to} onClick={close}>
            <span className={css.title}>
              <Words of={notice.title} />
              {notice.note && (
                <span className={css.note}>
                  <Words of={notice.note} />
                </span>
              )}
            </span>
            <StatusTag tone={notice.tone}>
              <time dateTime={notice.at} title={fullMoment(notice.at)}>
                {relative(notice.at)}
              </time>
            </StatusTag>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function useNotices(): Notice[] {
  const lang = useLang();
  const { data: providers = [] } = useQuery({
    queryKey: ['session', 'noticeProviders'],
    queryFn: () => Promise.all(Object.values(found).map((load) => load())),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useQueries({
    queries: providers.map((provider) => ({
      queryKey: [provider.noun, 'notices', lang],
      queryFn: ({ signal }: { signal: AbortSignal }) => provider.load({ lang, signal }),
    })),
    combine: (results) => results.flatMap((each) => each.data ?? []).sort((a, b) => b.at.localeCompare(a.at)),
  });
}
