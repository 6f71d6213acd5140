import { useApi } from '@backstage/core-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { NoWork } from '../card/NoWork';
import { isKnown, standingOf } from '../card/standing';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { neverRead } from '../parts/sources';
import { count } from '../parts/words';
import type { Ground, GroundAnswer } from './useGround';

/** An empty list. It says "no findings" only where that is known. */
export const Nothing = ({
  query,
  usual,
  ground,
  hrefOf,
}: {
  query: string;
  usual: string;
  ground: GroundAnswer;
  hrefOf: (query: string) => string;
}) => {
  if (ground.state === 'loading') {
    return <Loading />;
  }
  if (ground.state === 'failed') {
    return <Failure error={ground.error} again={ground.again} />;
  }
  return (
    <Flex direction="column" gap="3" role="status">
      {query === usual || isWithoutGround(ground.value) ? (
        <NoneAtAll ground={ground.value} />
      ) : (
        <NoneOfThese usual={usual} hrefOf={hrefOf} />
      )}
    </Flex>
  );
};

/** Whether any list about this would be empty, for a reason that is not the question's. */
function isWithoutGround({ component, owns }: Ground): boolean {
  const standing = component && standingOf(component);
  return !owns || standing === 'counted' || (standing !== undefined && !isKnown(standing));
}

const NoneAtAll = ({ ground: { component, owns, sources } }: { ground: Ground }) => {
  if (component && standingOf(component) !== 'clean') {
    return <NoWork page={component} />;
  }
  if (!owns) {
    return <Text>Nothing is owned here that you may see.</Text>;
  }
  if (neverRead(sources)) {
    return <Text>No finding has arrived yet. That is not the same as having none.</Text>;
  }
  return <Text>No open findings.</Text>;
};

const NoneOfThese = ({ usual, hrefOf }: { usual: string; hrefOf: (query: string) => string }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(usual, () => api.findings(usual, { limit: 1 }));
  const total = answer.state === 'answered' ? answer.value.total : 0;
  return (
    <Text>
      No finding matches. {total > 0 && `${count(total, 'finding is', 'findings are')} open without these filters. `}
      <Link href={hrefOf(usual)}>Clear filters</Link>
    </Text>
  );
};
