/** How loading a source stands, in words. */
import { useTranslation } from 'react-i18next';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import type { Source } from './queries';
import { STATES } from './views';

const TONE: Record<(typeof STATES)[number], Tone> = {
  done: 'good',
  failed: 'bad',
  running: 'info',
  waiting: 'info',
  never: 'neutral',
};

export function stateOf(source: Pick<Source, 'state'>): (typeof STATES)[number] {
  return STATES.find((each) => each === source.state?.status) ?? 'never';
}

export function SourceState({ source }: { source: Pick<Source, 'state'> }) {
  const { t } = useTranslation('sources');
  const state = stateOf(source);
  return (
    <StatusTag tone={TONE[state]} dot>
      {t(`state.${state}`)}
    </StatusTag>
  );
}
