import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { usualQuery } from '../api/scope';
import type { Rollup } from '../api/types';
import { useAnswer } from '../api/useAnswer';
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
  const answer = useAnswer(entityRef, () => api.rollup(entityRef));
  if (answer.state === 'answered') {
    return <Told page={answer.value} entityRef={entityRef} tab={tab} />;
  }
  return (
    <CardFrame>
      {answer.state === 'loading' ? <Loading /> : <Failure error={answer.error} again={answer.again} owners={owners} />}
    </CardFrame>
  );
};

const Told = ({ page, entityRef, tab }: { page: Rollup; entityRef: string; tab?: string }) => {
  const hrefOf = tab ? (query: string) => listAddress(tab, { query, view: 'findings' }) : undefined;
  const more = tab
    ? { href: listAddress(tab, { query: page.numbers.queries.open ?? usualQuery(entityRef) }), words: `All ${count(page.numbers.open, 'open finding')}` }
    : undefined;
  return (
    <CardFrame more={page.components.length ? more : undefined}>
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
    </CardFrame>
  );
};
