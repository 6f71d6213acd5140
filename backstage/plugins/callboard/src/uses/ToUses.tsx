import { ButtonLink } from '@backstage/ui';
import type { FindingPage } from '../api/types';
import { rootRouteRef, useOptionalRoute } from '../routes';
import { usesAddress } from './address';

/** From a finding that Callboard matched itself, which has no page elsewhere, to everybody who has the package. */
export const ToUses = ({ page: { detail, source } }: { page: FindingPage }) => {
  const root = useOptionalRoute(rootRouteRef);
  if (source.kind !== 'packages' || !detail.package || root === undefined) {
    return null;
  }
  return (
    <ButtonLink size="small" variant="secondary" href={usesAddress(root, { package: detail.package })}>
      Who uses {detail.package}
    </ButtonLink>
  );
};
