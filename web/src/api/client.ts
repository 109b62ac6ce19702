/**
 * The typed way to the server. Every answer that is not 2xx becomes a thrown `ApiError`.
 *
 *     const metrics = await read(api.GET('/api/metrics', { signal }));
 */
import createClient, { type Middleware } from 'openapi-fetch';
import { currentLang } from '../i18n';
import { ApiError, errorOf } from './errors';
import type { components, paths } from './schema';

/** Short names for the server's types: `Schema<'AnswerBody'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const SIGNED_OUT_IS_AN_ANSWER = ['/api/accounts/me', '/api/accounts/sign-in'];

let onSignedOut: () => void = () => undefined;

/** Says what happens when the server no longer knows who we are. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

const manners: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', currentLang());
    if (!SAFE.has(request.method)) request.headers.set('X-CSRF-Token', cookie('cityloop_csrf'));
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return undefined;
    const error = await errorOf(response);
    const path = new URL(request.url).pathname;
    if (response.status === 401 && !SIGNED_OUT_IS_AN_ANSWER.includes(path)) onSignedOut();
    throw error;
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return new ApiError(0, {});
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(manners);

/** The body of an answer; for routes that answer nothing (204) use `done`. */
export async function read<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await call;
  if (data === undefined) throw new ApiError(response.status, {});
  return data;
}

/** Waits for a call whose answer has no body. */
export async function done(call: Promise<unknown>): Promise<void> {
  await call;
}

/** Headers for the few calls that go past `api`, e.g. uploads and streams. */
export function ownHeaders(): Record<string, string> {
  return { 'Accept-Language': currentLang(), 'X-CSRF-Token': cookie('cityloop_csrf') };
}

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}
