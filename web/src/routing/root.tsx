/** The roots that features hang their routes on: `appRoute` inside the shell, `bareRoute` without (full screen). */
import { createRootRoute, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { Suspense } from 'react';
import { cache } from '../api/cache';
import { cityQuery, whoIsIn } from '../api/session';
import { BrokenPage, NotFoundPage } from '../shell/Lost';
import { PageSkeleton, Shell } from '../shell/Shell';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Who lacks it sees the page of “you may not”. */
    permission?: string;
  }
}

export const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: BrokenPage,
});

async function requireSession({ location }: { location: { href: string; pathname: string } }): Promise<void> {
  const [me] = await Promise.all([whoIsIn(), cache.ensureQueryData(cityQuery)]);
  if (!me) throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } });
  if (me.must_change_password && location.pathname !== '/password') throw redirect({ to: '/password' });
}

export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: requireSession,
  component: Shell,
  errorComponent: BrokenPage,
});

/** Signed in, but the page has the whole window: the cockpit. */
export const bareRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'bare',
  beforeLoad: requireSession,
  component: () => (
    <Suspense fallback={<PageSkeleton />}>
      <Outlet />
    </Suspense>
  ),
  errorComponent: BrokenPage,
});
