/** What the server says when something goes wrong: one shape for everything, see `foundation/web.py`. */
import type { components } from './schema';

type Body = components['schemas']['ErrorBody'];

export class ApiError extends Error {
  readonly status: number;
  /** Stable, e.g. `contracts.missing_column`; `network` when the server did not answer. */
  readonly code: string;
  /** What to do next, in the person's language. */
  readonly hint: string;
  readonly fields: Record<string, unknown>;
  readonly requestId: string;

  constructor(status: number, body: Partial<Body>) {
    super(body.message ?? '');
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'network' : `http.${status}`);
    this.hint = body.hint ?? '';
    this.fields = body.fields ?? {};
    this.requestId = body.request_id ?? '';
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }
  get isMissing(): boolean {
    return this.status === 404;
  }
  /** Whether the same call may succeed later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  return new ApiError(response.status, isErrorBody(body) ? body.error : {});
}

function isErrorBody(body: unknown): body is { error: Body } {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object';
}
