import { useApi } from '@backstage/core-plugin-api';
import { Container, Flex, Text } from '@backstage/ui';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router-dom';
import { callboardApiRef } from '../api/CallboardApi';
import type { Bundle, DoNow } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { CAMPAIGNS_TAB } from '../campaigns/address';
import { WorstComponents } from '../card/WorstComponents';
import { DecidingPlace } from '../decide/DecidingPlace';
import { useDeciding } from '../decide/useDeciding';
import { isLeaving, pending } from '../decide/saying';
import { BundleActs } from '../keys/BundleActs';
import { Keyed } from '../keys/Keyed';
import { rowOfBundle, useRows, useSelection } from '../keys/rows';
import { listAddress } from '../list/address';
import { Failure } from '../parts/Failure';
import { FocusStays } from '../parts/FocusStays';
import { Cautions, Freshness } from '../parts/Freshness';
import { Loading } from '../parts/Loading';
import readable from '../parts/Readable.module.css';
import { neverRead } from '../parts/sources';
import { PORTAL_TAB } from '../portal/address';
import { USES_TAB } from '../uses/address';
import { BundleList } from '../work/BundleList';
import { NumberLine } from '../work/NumberLine';
import { Progress } from '../work/Progress';
import { PageTabs } from './PageTabs';

const FindingsPanel = lazy(() => import('../list/FindingsPanel').then(m => ({ default: m.FindingsPanel })));
const Campaigns = lazy(() => import('../campaigns/Campaigns').then(m => ({ default: m.Campaigns })));
const PortalSafety = lazy(() => import('../portal/PortalSafety').then(m => ({ default: m.PortalSafety })));
const WhoUses = lazy(() => import('../uses/WhoUses').then(m => ({ default: m.WhoUses })));

const hrefOf = (query: string) => listAddress('', { query, view: 'findings' });

/** What the reader does now, across everything that the reader owns; with a question in the address, its list; and what else there is to ask. */
export const CallboardPage = () => {
  const [parameters] = useSearchParams();
  return (
    <Container className={readable.readable}>
      <FocusStays>
        <Flex direction="column" gap="5">
          <PageTabs />
          <Suspense fallback={<Loading />}>{asked(parameters)}</Suspense>
        </Flex>
      </FocusStays>
    </Container>
  );
};

function asked(parameters: URLSearchParams) {
  switch (parameters.get('tab')) {
    case USES_TAB:
      return <WhoUses />;
    case CAMPAIGNS_TAB:
      return <Campaigns hrefOf={hrefOf} />;
    case PORTAL_TAB:
      return <PortalSafety />;
    default:
      return parameters.has('q') || parameters.has('finding') ? (
        <FindingsPanel usual="is:open owner:@me sort:do-now" />
      ) : (
        <DecidingPlace>
          <Now />
        </DecidingPlace>
      );
  }
}

const Now = () => {
  const api = useApi(callboardApiRef);
  const deciding = useDeciding();
  const answer = useAnswer('do-now', () => api.doNow(), { revision: deciding?.revision });
  switch (answer.state) {
    case 'loading':
      return <Loading rows={8} height={44} />;
    case 'failed':
      return <Failure error={answer.error} again={answer.again} />;
    default:
      return (
        <Keyed>
          <Told page={answer.value} isCurrent={answer.isCurrent} />
        </Keyed>
      );
  }
};

const Told = ({ page, isCurrent }: { page: DoNow; isCurrent: boolean }) => (
  <Flex direction="column" gap="5">
    <Cautions sources={page.sources} />
    <Freshness sources={page.sources} unmapped={page.unmapped_components} />
    <NumberLine numbers={page.numbers} hrefOf={hrefOf} />
    <section aria-labelledby="callboard-now">
      <Text as="h2" variant="title-x-small" weight="bold" id="callboard-now">
        Do now
      </Text>
      {page.bundles.length ? (
        <Work bundles={page.bundles} query={page.query} isCurrent={isCurrent} />
      ) : (
        <Text>
          {neverRead(page.sources)
            ? 'No finding has arrived yet. That is not the same as having none.'
            : 'No open findings among what you own.'}
        </Text>
      )}
    </section>
    {!neverRead(page.sources) && <Progress progress={page.progress} />}
    {page.components.length > 0 && <WorstComponents components={page.components} />}
  </Flex>
);

/** What is to be done first. What was put off or dismissed just now has left. */
const Work = ({ bundles, query, isCurrent }: { bundles: readonly Bundle[]; query: string; isCurrent: boolean }) => {
  const deciding = useDeciding();
  const selection = useSelection();
  const shown = bundles.filter(each => !isLeaving(pending(deciding?.saidOf(each.query), isCurrent), query));
  useRows(shown.map(rowOfBundle));
  return <BundleList bundles={shown} hrefOf={hrefOf} actsOf={each => <BundleActs bundle={each} selection={selection} />} withOwner />;
};
