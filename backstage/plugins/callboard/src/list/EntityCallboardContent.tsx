import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Box, Container } from '@backstage/ui';
import { lazy, Suspense } from 'react';
import { ownersOf, scopeTerm, usualQuery } from '../api/scope';
import { FocusStays } from '../parts/FocusStays';
import { Loading } from '../parts/Loading';
import readable from '../parts/Readable.module.css';
import { listAddress } from './address';
import { FindingsPanel } from './FindingsPanel';

const Campaigns = lazy(() => import('../campaigns/Campaigns').then(m => ({ default: m.Campaigns })));

const hrefOf = (query: string) => listAddress('', { query, view: 'findings' });

/** What a team sees to, above its findings. */
const TeamCampaigns = ({ owner }: { owner: string }) => (
  <Box mb="5" className={readable.readable}>
    <FocusStays>
      <Suspense fallback={<Loading rows={2} height={44} words="Loading campaigns…" />}>
        <Campaigns owner={owner} hrefOf={hrefOf} />
      </Suspense>
    </FocusStays>
  </Box>
);

/** The tab on an entity's page. */
export const EntityCallboardContent = () => {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  return (
    <Container>
      {entityRef.startsWith('group:') && <TeamCampaigns owner={entityRef} />}
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
