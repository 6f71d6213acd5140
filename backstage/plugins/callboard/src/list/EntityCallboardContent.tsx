import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Container } from '@backstage/ui';
import { ownersOf, scopeTerm, usualQuery } from '../api/scope';
import { FindingsPanel } from './FindingsPanel';

/** The tab on an entity's page. */
export const EntityCallboardContent = () => {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  return (
    <Container>
      <FindingsPanel
        usual={usualQuery(entityRef)}
        about={{
          entityRef,
          term: scopeTerm(entityRef),
          name: entity.metadata.title ?? entity.metadata.name,
          team: ownersOf(entity)[0],
        }}
      />
    </Container>
  );
};
