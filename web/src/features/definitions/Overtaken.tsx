/** Somebody applied another version while one was writing: what they changed, what mine would change, and what to do. */
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n/texts';
import { DiffView } from '../../ui/DiffView';
import { StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import css from './definitions.module.css';
import type { Kept } from './draft';
import { type Detail, diffQuery, planQuery } from './queries';

export function Overtaken({
  stored,
  draft,
  onTakeTheirs,
  onKeepMine,
}: {
  stored: Detail;
  draft: Kept;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}) {
  const { t } = useTranslation('definitions');
  const { relative } = useFormat();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={css.overtaken} role="alert" aria-label={t('overtaken.title')}>
      <p>
        <strong>
          {t('overtaken.who', {
            author: stored.author_name,
            at: relative(stored.at),
            version: String(stored.version),
            base: String(draft.version),
          })}
        </strong>{' '}
        {t('overtaken.hint')}
      </p>
      <div className={css.buttons}>
        <Button size="small" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {t('overtaken.show')}
        </Button>
        <Button size="small" onClick={onTakeTheirs}>
          {t('overtaken.theirs')}
        </Button>
        <Button size="small" type="primary" onClick={onKeepMine}>
          {t('overtaken.mine')}
        </Button>
      </div>
      {isOpen && <Differences stored={stored} draft={draft} />}
    </section>
  );
}

function Differences({ stored, draft }: { stored: Detail; draft: Kept }) {
  const { t } = useTranslation('definitions');
  const lang = useLang();
  const { kind, name, version } = stored;
  const theirs = useQuery(diffQuery(kind, name, draft.version, version));
  const mine = useQuery(planQuery({ kind, text: draft.text, remove: [], base: [] }, lang, version));
  const numbered = (number: number) => t('version', { version: String(number) });
  return (
    <>
      <h3>{t('overtaken.theirChange')}</h3>
      <StateView query={theirs} height={160}>
        {({ diff }) => (
          <DiffView
            diff={diff}
            label={t('overtaken.theirChange')}
            before={numbered(draft.version)}
            after={numbered(version)}
          />
        )}
      </StateView>
      <h3>{t('overtaken.myChange')}</h3>
      <StateView query={mine} height={160} isEmpty={(plan) => plan.problems.length > 0}>
        {(plan) => (
          <DiffView
            diff={plan.changes.find((each) => each.kind === kind && each.name === name)?.diff ?? ''}
            label={t('overtaken.myChange')}
            before={numbered(version)}
            after={t('overtaken.yours')}
          />
        )}
      </StateView>
    </>
  );
}
