/** Words for what entries name: verbs, purposes, outcomes, actors, things. What has none is shown as it stands. */
import { useTranslation } from 'react-i18next';
import { listOf, useLang } from '../../i18n/texts';
import type { Tone } from '../../ui/StatusTag';
import type { Entry } from './queries';

const NOT_DONE = ['refused', 'failed', 'locked'];

export function useAuditWords() {
  const { t } = useTranslation('audit');
  const lang = useLang();
  const actor = (id: string, name?: string | null) => {
    if (name) return name;
    const [kind = '', own] = id.split(':');
    if (kind === 'service' && own) return t('service', { name: t(`services.${own}`, { defaultValue: own }) });
    return t(`actors.${kind}`, { defaultValue: own ?? id });
  };
  return {
    actor,
    verb: (verb: string) => t(`verbs.${verb}`, { defaultValue: verb }),
    purpose: (purpose: string) => (purpose ? t(`purposes.${purpose}`, { defaultValue: purpose }) : '–'),
    outcome: (outcome: string): { words: string; tone: Tone } => ({
      words: t(`outcomes.${outcome}`, { defaultValue: outcome }),
      tone: NOT_DONE.includes(outcome) ? 'bad' : outcome === 'done' ? 'good' : 'neutral',
    }),
    things: (entry: Entry) =>
      listOf(
        entry.things.map(({ kind, name }) => [t(`things.${kind}`), name].filter(Boolean).join(' ')),
        lang,
      ) || '–',
  };
}
