import { api, read } from '../../api/client';
import type { Applied, Draft } from './queries';

/** Publishes a draft as it was planned at `revision`. */
export function applyDraft(draft: Draft, revision: number, note: string): Promise<Applied> {
  return read(api.POST('/api/definitions/apply', { body: { ...draft, revision, note } }));
}

/** Publishes an earlier version again. */
export function rollBack(kind: string, name: string, version: number) {
  return (_draft: Draft, revision: number, note: string): Promise<Applied> =>
    read(
      api.POST('/api/definitions/{kind}/{name}/roll-back', {
        params: { path: { kind, name } },
        body: { version, revision, note },
      }),
    );
}
