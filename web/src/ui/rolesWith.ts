import type { Role } from '../api/roles';

/** The roles that hold a permission, the least powerful first; who may do everything last. */
export function rolesWith(permission: string, all: readonly Role[]): Role[] {
  const power = (role: Role) => (role.permissions.includes('*') ? Number.POSITIVE_INFINITY : role.permissions.length);
  return all
    .filter((each) => each.permissions.some((one) => one === permission || one === '*'))
    .sort((a, b) => power(a) - power(b));
}
