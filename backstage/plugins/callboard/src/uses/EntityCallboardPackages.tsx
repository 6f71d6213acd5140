import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Container } from '@backstage/ui';
import { ownersOf } from '../api/scope';
import { FocusStays } from '../parts/FocusStays';
import readable from '../parts/Readable.module.css';
import { entityContentRouteRef, rootRouteRef, useOptionalRoute } from '../routes';
import { ComponentPackages } from './ComponentPackages';

/** The tab of packages on a component's page. */
export const EntityCallboardPackages = () => {
  const { entity } = useEntity();
  const findings = useOptionalRoute(entityContentRouteRef);
  const uses = useOptionalRoute(rootRouteRef);
  return (
    <Container className={readable.readable}>
      <FocusStays>
        <ComponentPackages entityRef={stringifyEntityRef(entity)} owners={ownersOf(entity)} findings={findings} uses={uses} />
      </FocusStays>
    </Container>
  );
};
