import { useApi } from '@backstage/core-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { listAddress } from '../list/address';
import { Failure } from '../parts/Failure';
import { FocusStays } from '../parts/FocusStays';
import { Cautions, Freshness } from '../parts/Freshness';
import { Loading } from '../parts/Loading';
import readable from '../parts/Readable.module.css';
import { neverRead } from '../parts/sources';
import { rootRouteRef, useOptionalRoute } from '../routes';
import { BundleList } from '../work/BundleList';
import { NumberLine } from '../work/NumberLine';

/** The reader's own findings on the portal's home page. */
export const MyFindings = () => (
  <FocusStays>
    <Mine />
  </FocusStays>
);

const Mine = () => {
  const api = useApi(callboardApiRef);
  const page = useOptionalRoute(rootRouteRef);
  const answer = useAnswer('do-now', () => api.doNow());
  if (answer.state === 'loading') {
    return <Loading />;
  }
  if (answer.state === 'failed') {
    return <Failure error={answer.error} again={answer.again} />;
  }
  const { numbers, bundles, sources } = answer.value;
  const hrefOf = page ? (query: string) => listAddress(page, { query, view: 'findings' }) : undefined;
  return (
    <Flex direction="column" gap="3" className={readable.readable}>
      <Cautions sources={sources} />
      <NumberLine numbers={numbers} hrefOf={hrefOf} />
      {bundles.length ? (
        <BundleList bundles={bundles.slice(0, 3)} hrefOf={hrefOf} brief />
      ) : (
        <Text>{neverRead(sources) ? 'No finding has arrived yet.' : 'No open findings among what you own.'}</Text>
      )}
      <Freshness sources={sources} />
      {page && <Link href={page}>What to do now</Link>}
    </Flex>
  );
};

/** The shape that the home page asks for. */
export const Content = MyFindings;
