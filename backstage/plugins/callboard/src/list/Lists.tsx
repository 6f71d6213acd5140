import { useApi } from '@backstage/core-plugin-api';
import { Button, Flex, Link, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { count } from '../parts/words';
import { BundleList } from '../work/BundleList';
import { FindingTable } from './FindingTable';
import { usePages } from './usePages';

/** What every list of ours needs: its question, the usual one, and how to make a link of another. */
interface Asked {
  query: string;
  usual: string;
  hrefOf: (query: string) => string;
}

/** Findings put together by what closes them. */
export const WorkList = (asked: Asked) => {
  const api = useApi(callboardApiRef);
  const { answer, rows, more, isMore } = usePages(
    cursor => api.bundles(asked.query, { limit: 20, cursor }),
    page => page.bundles,
  );
  if (answer.state === 'failed') {
    return <Failure error={answer.error} again={answer.again} />;
  }
  if (answer.state === 'loading' && !isMore) {
    return <Loading rows={6} height={44} />;
  }
  if (rows.length === 0) {
    return <Nothing {...asked} />;
  }
  const total = answer.state === 'answered' ? count(answer.value.total, 'piece of work', 'pieces of work') : '';
  return (
    <>
      <Text variant="body-small" color="secondary" role="status">
        {total}
      </Text>
      <BundleList bundles={rows} hrefOf={asked.hrefOf} withOwner />
      <More more={more} isMore={isMore} />
    </>
  );
};

/** Findings one by one. */
export const FindingList = ({ onOpen, ...asked }: Asked & { onOpen: (id: number) => void }) => {
  const api = useApi(callboardApiRef);
  const { answer, rows, more, isMore } = usePages(
    cursor => api.findings(asked.query, { limit: 50, cursor }),
    page => page.findings,
  );
  if (answer.state === 'failed') {
    return <Failure error={answer.error} again={answer.again} />;
  }
  if (answer.state === 'loading' && !isMore) {
    return <Loading rows={8} height={36} />;
  }
  if (rows.length === 0) {
    return <Nothing {...asked} />;
  }
  return (
    <>
      <Text variant="body-small" color="secondary" role="status">
        {answer.state === 'answered' && `${count(answer.value.total, 'finding')}${answer.value.is_more ? ' or more' : ''}`}
      </Text>
      <FindingTable rows={rows} onOpen={onOpen} withComponent={!/(^|\s)component:[^\s,]+(\s|$)/.test(asked.query)} />
      <More more={more} isMore={isMore} />
    </>
  );
};

const More = ({ more, isMore }: { more?: () => void; isMore: boolean }) =>
  more || isMore ? (
    <Flex mt="3">
      <Button size="small" variant="secondary" isDisabled={!more} isPending={isMore} onPress={more}>
        Show more
      </Button>
    </Flex>
  ) : null;

const Nothing = ({ query, usual, hrefOf }: Asked) => (
  <Text role="status">
    {query === usual ? 'No open findings.' : 'No finding matches. '}
    {query !== usual && <Link href={hrefOf(usual)}>Clear filters</Link>}
  </Text>
);
