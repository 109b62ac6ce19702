import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { auditView } from './views';

const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/audit',
  validateSearch: auditView.read,
  staticData: { permission: 'audit.view' },
  component: lazyRouteComponent(() => import('./AuditPage'), 'AuditPage'),
});

export const policiesRoutes = [auditRoute];
