import { useApi } from '@backstage/core-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { usualQuery } from '../api/scope';
import type { ComponentPage } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { useTurn } from '../api/useTurn';
import { listAddress } from '../list/address';
import { Failure } from '../parts/Failure';
import { Cautions, Freshness } from '../parts/Freshness';
import { Loading } from '../parts/Loading';
import { SeverityStrip } from '../parts/Severity';
import { count } from '../parts/words';
import { BundleList } from '../work/BundleList';
import { CardFrame } from './CardFrame';
import { NoWork } from './NoWork';
import { isKnown, standingOf } from './standing';

/** One component at a glance: how bad, what to do first, how fresh. One request. `owners` may be asked by who sees nothing. */
export const ComponentCard = ({ entityRef, tab, owners }: { entityRef: string; tab?: string; owners?: readonly string[] }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(entityRef, () => api.component(entityRef), { revision: useTurn() });
  return (
    <CardFrame more={answer.state === 'answered' ? moreOf(answer.value, entityRef, tab) : undefined}>
      {answer.state === 'loading' && <Loading />}
      {answer.state === 'failed' && <Failure error={answer.error} again={answer.again} owners={owners} />}
      {answer.state === 'answered' && <Told page={answer.value} tab={tab} />}
    </CardFrame>
  );
};

const Told = ({ page, tab }: { page: ComponentPage; tab?: string }) => {
  const { component, bundles, sources } = page;
  const standing = standingOf(page);
  const hrefOf = tab ? (query: string) => listAddress(tab, { query, view: 'findings' }) : undefined;
  return (
    <>
      <Cautions sources={sources} />
      <Open page={page} />
      <Inherited page={page} />
      <NoWork page={page} />
      {standing === 'findings' && (
        <>
          <Text as="h3" variant="body-medium" weight="bold">
            What to do first
          </Text>
          <BundleList bundles={bundles} hrefOf={hrefOf} brief />
        </>
      )}
      {isKnown(standing) && <Freshness sources={sources} checkedAt={component.checked_at} />}
    </>
  );
};

const Open = ({ page }: { page: ComponentPage }) => {
  const { open, overdue, listed } = page.component;
  if (!listed || open.total === 0) {
    return null;
  }
  return (
    <>
      <SeverityStrip open={open} />
      {overdue ? (
        <Text color="danger" weight="bold">
          {overdue.toLocaleString('en-US')} overdue
        </Text>
      ) : null}
      {page.shared > 0 && (
        <Text variant="body-small" color="secondary">
          {count(page.shared, 'finding is', 'findings are')} shared with other components.
        </Text>
      )}
    </>
  );
};

/** What came with base images is for who builds these to fix, so it stands beside the component's own. */
const Inherited = ({ page }: { page: ComponentPage }) =>
  page.inherited.map(each => (
    <Text key={each.query} variant="body-small" color="secondary">
      {count(each.open, 'finding')} inherited from a base image, for{' '}
      {each.builder ? <EntityRefLink entityRef={each.builder} /> : 'a component that you may not see'} to fix.
    </Text>
  ));

function moreOf(page: ComponentPage, entityRef: string, tab?: string) {
  const standing = standingOf(page);
  if (!tab || !isKnown(standing) || standing === 'counted') {
    return undefined;
  }
  const { total } = page.component.open;
  return { href: listAddress(tab, { query: usualQuery(entityRef) }), words: total ? `All ${count(total, 'open finding')}` : 'All findings' };
}
