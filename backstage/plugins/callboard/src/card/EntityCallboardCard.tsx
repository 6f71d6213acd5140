import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { ownersOf, rollsUp } from '../api/scope';
import { entityContentRouteRef, useOptionalRoute } from '../routes';
import { ComponentCard } from './ComponentCard';
import { RollupCard } from './RollupCard';

/** The card on an entity's page: for what owns findings, and for what puts them together. */
export const EntityCallboardCard = () => {
  const { entity } = useEntity();
  const tab = useOptionalRoute(entityContentRouteRef);
  const entityRef = stringifyEntityRef(entity);
  const Card = rollsUp(entityRef) ? RollupCard : ComponentCard;
  return <Card entityRef={entityRef} tab={tab} owners={ownersOf(entity)} />;
};
