import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { usualQuery } from '../api/scope';
import type { Rollup } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { useTurn } from '../api/useTurn';
import { listAddress } from '../list/address';
import { Failure } from '../parts/Failure';
import { Cautions, Freshness } from '../parts/Freshness';
import { Loading } from '../parts/Loading';
import { neverRead } from '../parts/sources';
import { count } from '../parts/words';
import { BundleList } from '../work/BundleList';
import { NumberLine } from '../work/NumberLine';
import { ProgressWords } from '../work/Progress';
import { CardFrame } from './CardFrame';
import { WorstComponents } from './WorstComponents';

/** A group, a person, a system or a domain at a glance. One request. */
export const RollupCard = ({ entityRef, tab, owners }: { entityRef: string; tab?: string; owners?: readonly string[] }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(entityRef, () => api.rollup(entityRef), { revision: useTurn() });
  return (
    <CardFrame more={answer.state === 'answered' ? moreOf(answer.value, entityRef, tab) : undefined}>
      {answer.state === 'loading' && <Loading />}
      {answer.state === 'failed' && <Failure error={answer.error} again={answer.again} owners={owners} />}
      {answer.state === 'answered' && <Told page={answer.value} tab={tab} />}
    </CardFrame>
  );
};

const Told = ({ page, tab }: { page: Rollup; tab?: string }) => {
  const hrefOf = tab ? (query: string) => listAddress(tab, { query, view: 'findings' }) : undefined;
  return (
    <>
      <Cautions sources={page.sources} />
      {page.components.length === 0 ? (
        <Text>Nothing is owned here that you may see.</Text>
      ) : (
        <>
          {(page.numbers.open > 0 || !page.counted) && <NumberLine numbers={page.numbers} hrefOf={hrefOf} />}
          {page.counted && (
            <Text>
              {count(page.counted.total, 'open finding')} in all. Of what you do not own you are told how many there are, and not
              which.
            </Text>
          )}
          {page.numbers.open === 0 && !page.counted && (
            <Text>{neverRead(page.sources) ? 'No finding has arrived yet. That is not the same as having none.' : 'No open findings.'}</Text>
          )}
          {page.bundles.length > 0 && (
            <>
              <Text as="h3" variant="body-medium" weight="bold">
                What to do first
              </Text>
              <BundleList bundles={page.bundles.slice(0, 3)} hrefOf={hrefOf} brief />
            </>
          )}
          <WorstComponents components={page.components} />
          {!neverRead(page.sources) && <ProgressWords progress={page.progress} />}
        </>
      )}
      <Freshness sources={page.sources} />
    </>
  );
};

function moreOf(page: Rollup, entityRef: string, tab?: string) {
  return tab && page.components.length
    ? { href: listAddress(tab, { query: page.numbers.queries.open ?? usualQuery(entityRef) }), words: `All ${count(page.numbers.open, 'open finding')}` }
    : undefined;
}
