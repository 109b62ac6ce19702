import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/audit',
  staticData: { permission: 'audit.view' },
  component: lazyRouteComponent(() => import('./AuditPage'), 'AuditPage'),
});

export const policiesRoutes = [auditRoute];
