/** Every version of a definition: who, when, why; any two compared; an earlier one published again, after a look. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session';
import { useView } from '../../routing/search';
import { DiffView } from '../../ui/DiffView';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { Timeline } from '../../ui/Timeline';
import { useToldError } from '../../ui/toast';
import { rollBack } from './apply';
import css from './definitions.module.css';
import { PlanDrawer } from './PlanDrawer';
import { type Draft, diffQuery, type Version, versionQuery, versionsQuery } from './queries';
import { definitionView } from './views';

export function Versions({ kind, name }: { kind: string; name: string }) {
  const query = useQuery(versionsQuery(kind, name));
  return (
    <StateView query={query} height={400} isEmpty={(all) => all.length === 0} empty={<Empty height={300} />}>
      {(versions) => <History kind={kind} name={name} versions={versions} />}
    </StateView>
  );
}

function History({ kind, name, versions }: { kind: string; name: string; versions: Version[] }) {
  const { t } = useTranslation('definitions');
  const may = useMay();
  const [, change] = useView(definitionView);
  const [chosen, setChosen] = useState<{ draft: Draft; version: number }>();
  const begin = useRollBack(kind, name, versions[0]);
  const tell = useToldError();
  return (
    <div className={css.history}>
      <Timeline
        label={t('tab.versions')}
        items={versions.map((each, i) => ({
          key: String(each.version),
          at: each.at,
          tone: i === 0 ? 'good' : 'neutral',
          title: (
            <>
              {t('version', { version: String(each.version) })} · {t(`action.${each.action}`)}{' '}
              {i === 0 && each.action !== 'delete' && <StatusTag tone="good">{t('current')}</StatusTag>}
            </>
          ),
          by: each.author_name,
          details: (
            <>
              {each.note && <p className={css.noted}>{each.note}</p>}
              <div className={css.buttons}>
                {each.version > 1 && (
                  <Button
                    size="small"
                    aria-label={`${t('whatChanged')} · ${t('version', { version: String(each.version) })}`}
                    onClick={() => change({ before: each.version - 1, after: each.version })}
                  >
                    {t('whatChanged')}
                  </Button>
                )}
                {(i > 0 || each.action === 'delete') && each.action !== 'delete' && may('definitions.apply') && (
                  <Button
                    size="small"
                    aria-label={`${t('rollBack')} · ${t('version', { version: String(each.version) })}`}
                    onClick={() =>
                      void begin(each.version).then((draft) => setChosen({ draft, version: each.version }), tell)
                    }
                  >
                    {t('rollBack')}
                  </Button>
                )}
              </div>
            </>
          ),
        }))}
      />
      {versions.length > 1 && <Compare kind={kind} name={name} versions={versions} />}
      <PlanDrawer
        draft={chosen?.draft}
        title={t('rollBackTo', { version: String(chosen?.version ?? '') })}
        verb={t('rollBack')}
        onClose={() => setChosen(undefined)}
        apply={rollBack(kind, name, chosen?.version ?? 0)}
        onApplied={() => {
          setChosen(undefined);
          change({ before: 0, after: 0 });
        }}
      />
    </div>
  );
}

/** Returns `begin(version)`: the draft that publishes this version again. */
function useRollBack(kind: string, name: string, newest: Version | undefined) {
  const client = useQueryClient();
  return async (version: number): Promise<Draft> => {
    const { text } = await client.fetchQuery(versionQuery(kind, name, version));
    const now = newest && newest.action !== 'delete' ? newest.version : 0;
    return { kind, text, remove: [], base: [{ kind, name, version: now }] };
  };
}

function Compare({ kind, name, versions }: { kind: string; name: string; versions: Version[] }) {
  const { t } = useTranslation('definitions');
  const [view, change] = useView(definitionView);
  const newest = versions[0]?.version ?? 1;
  const after = view.after || newest;
  const before = view.before || after - 1 || 1;
  const query = useQuery(diffQuery(kind, name, before, after));
  const options = versions.map((each) => ({
    value: each.version,
    label: `${t('version', { version: String(each.version) })} · ${each.author_name}`,
  }));
  return (
    <section aria-label={t('compare')}>
      <div className={css.compare}>
        <h2>{t('compare')}</h2>
        <Select
          aria-label={t('from')}
          value={before}
          options={options}
          popupMatchSelectWidth={false}
          onChange={(value) => change({ before: value, after })}
        />
        <span aria-hidden="true">→</span>
        <Select
          aria-label={t('to')}
          value={after}
          options={options}
          popupMatchSelectWidth={false}
          onChange={(value) => change({ before, after: value })}
        />
      </div>
      <StateView query={query} height={240}>
        {({ diff }) => (
          <DiffView
            diff={diff}
            label={t('compare')}
            before={t('version', { version: String(before) })}
            after={t('version', { version: String(after) })}
          />
        )}
      </StateView>
    </section>
  );
}
