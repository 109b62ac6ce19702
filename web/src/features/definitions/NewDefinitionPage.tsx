/** A new definition, begun with its kind's template or with a copy of another one. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import { applyDraft } from './apply';
import { isSame, nameIn, renamed, useDraft } from './draft';
import { Editor } from './Editor';
import { Leaving } from './Leaving';
import { PlanDrawer } from './PlanDrawer';
import { type Draft, kindsQuery, oneQuery, templateQuery } from './queries';
import { newView } from './views';

export function NewDefinitionPage() {
  const { t } = useTranslation('definitions');
  const { kind = '' } = useParams({ strict: false });
  const [{ copy }] = useView(newView);
  const say = useSay();
  const title = say(useQuery(kindsQuery).data?.kinds.find((each) => each.name === kind)?.title, kind);
  const template = useQuery({ ...templateQuery(kind), enabled: copy === '' });
  const origin = useQuery({ ...oneQuery(kind, copy), enabled: copy !== '' });
  const begun = copy ? origin : template;
  return (
    <Page
      title={t('newOf', { kind: title })}
      subtitle={copy ? t('copyOf', { name: copy }) : t('newHint')}
      breadcrumb={[
        { title: t('title'), to: '/definitions' },
        { title, to: `/definitions?kind=${kind}` },
        { title: t('newShort') },
      ]}
    >
      <Card>
        <StateView query={begun} height={560}>
          {({ text }) => (
            <Beginning
              key={`${kind}/${copy}`}
              kind={kind}
              place={`new/${kind}/${copy}`}
              begun={copy ? renamed(text, `${copy}_copy`) : text}
            />
          )}
        </StateView>
      </Card>
    </Page>
  );
}

function Beginning({ kind, place, begun }: { kind: string; place: string; begun: string }) {
  const { t } = useTranslation('definitions');
  const { relative, now } = useFormat();
  const navigate = useNavigate();
  const [kept, keep] = useDraft(place);
  const [planned, setPlanned] = useState<Draft>();
  const text = kept?.text ?? begun;
  const plan = () => {
    const name = nameIn(text);
    setPlanned({ kind, text, remove: [], base: name ? [{ kind, name, version: 0 }] : [] });
  };
  return (
    <>
      <Editor
        kind={kind}
        text={text}
        onChange={(written) =>
          keep(isSame(written, begun) ? undefined : { text: written, version: 0, at: new Date(now()).toISOString() })
        }
        onSave={plan}
        actions={
          <>
            {kept && <span className="muted">{t('draftKept', { at: relative(kept.at) })}</span>}
            <Button disabled={!kept} onClick={() => keep(undefined)}>
              {t('startOver')}
            </Button>
            <Button type="primary" onClick={plan}>
              {t('plan')}
            </Button>
          </>
        }
      />
      <Leaving isDirty={kept !== undefined} />
      <PlanDrawer
        draft={planned}
        title={t('planOf', { name: nameIn(text) || kind })}
        verb={t('apply')}
        onClose={() => setPlanned(undefined)}
        apply={applyDraft}
        onApplied={({ changed }) => {
          keep(undefined);
          const made = changed[0];
          return made
            ? navigate({ to: '/definitions/$kind/$name', params: { ...made }, replace: true, ignoreBlocker: true })
            : undefined;
        }}
      />
    </>
  );
}
