/** Every route of the app: the features' own `routes.ts` put together. A new feature adds its line here. */
import {
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from '@tanstack/react-router';
import { accountsRoutes } from './features/accounts/routes';
import { alertsRoutes } from './features/alerts/routes';
import { askRoutes } from './features/ask/routes';
import { cockpitRoutes, dashboardsRoutes } from './features/dashboards/routes';
import { datasetsRoutes } from './features/datasets/routes';
import { definitionsRoutes } from './features/definitions/routes';
import { mapsRoutes } from './features/maps/routes';
import { metricsRoutes } from './features/metrics/routes';
import { operationsRoutes } from './features/operations/routes';
import { policiesRoutes } from './features/policies/routes';
import { sourcesRoutes } from './features/sources/routes';
import { workordersRoutes } from './features/workorders/routes';
import { appRoute, bareRoute, rootRoute } from './routing/root';
import { text, viewOf } from './routing/search';
import { NotFoundPage } from './shell/Lost';
import { PageSkeleton } from './shell/Shell';

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (raw) => inside(viewOf({ next: text() }).read(raw)),
  component: lazyRouteComponent(() => import('./shell/LoginPage'), 'LoginPage'),
});

const passwordRoute = createRoute({
  getParentRoute: () => bareRoute,
  path: '/password',
  component: lazyRouteComponent(() => import('./shell/PasswordPage'), 'PasswordPage'),
});

/** All shared pieces together; not in the navigation. */
const galleryRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/gallery',
  validateSearch: (raw: Record<string, unknown>) => raw,
  component: lazyRouteComponent(() => import('./shell/gallery/GalleryPage'), 'GalleryPage'),
});

/** The server gives this one page below /api to browsers. */
const apiRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/api/docs',
  validateSearch: viewOf({ q: text() }).read,
  component: lazyRouteComponent(() => import('./shell/api/ApiPage'), 'ApiPage'),
});

const lostRoute = createRoute({ getParentRoute: () => appRoute, path: '$', component: NotFoundPage });

const tree = rootRoute.addChildren([
  loginRoute,
  bareRoute.addChildren([passwordRoute, ...cockpitRoutes]),
  appRoute.addChildren([
    ...operationsRoutes,
    ...datasetsRoutes,
    ...sourcesRoutes,
    ...mapsRoutes,
    ...metricsRoutes,
    ...dashboardsRoutes,
    ...askRoutes,
    ...alertsRoutes,
    ...workordersRoutes,
    ...policiesRoutes,
    ...accountsRoutes,
    ...definitionsRoutes,
    galleryRoute,
    apiRoute,
    lostRoute,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  parseSearch: parseSearchWith(parsed),
  stringifySearch: stringifySearchWith(JSON.stringify, parsed),
  defaultPreload: 'intent',
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 200,
  // A page that is ready is shown: the usual half second of skeleton is longer than most loads take.
  defaultPendingMinMs: 0,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** What of a URL is JSON: lists, shapes and quoted words; `?level=3` stays as it is. */
function parsed(raw: string): unknown {
  if (!/^[[{"]/.test(raw)) throw new SyntaxError(raw);
  return JSON.parse(raw);
}

/** Only a path of ours may follow a sign-in. */
function inside({ next }: { next?: string }): { next?: string } {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? { next } : {};
}
