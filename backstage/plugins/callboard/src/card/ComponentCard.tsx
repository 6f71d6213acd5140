import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { usualQuery } from '../api/scope';
import type { ComponentPage } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { listAddress } from '../list/address';
import { Failure } from '../parts/Failure';
import { Cautions, Freshness } from '../parts/Freshness';
import { Loading } from '../parts/Loading';
import { SeverityStrip } from '../parts/Severity';
import { neverRead } from '../parts/sources';
import { count } from '../parts/words';
import { BundleList } from '../work/BundleList';
import { CardFrame } from './CardFrame';
import { NotMapped } from './NotMapped';

/** One component at a glance: how bad, what to do first, how fresh. One request. */
export const ComponentCard = ({ entityRef, tab }: { entityRef: string; tab?: string }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(entityRef, () => api.component(entityRef));
  if (answer.state === 'answered') {
    return <Told page={answer.value} entityRef={entityRef} tab={tab} />;
  }
  return (
    <CardFrame>
      {answer.state === 'loading' ? <Loading /> : <Failure error={answer.error} again={answer.again} />}
    </CardFrame>
  );
};

const Told = ({ page, entityRef, tab }: { page: ComponentPage; entityRef: string; tab?: string }) => {
  const { component, bundles, sources } = page;
  const { total } = component.open;
  const isKnown = total > 0 || component.mapping !== 'none';
  const hrefOf = tab ? (query: string) => listAddress(tab, { query, view: 'findings' }) : undefined;
  const more = tab && isKnown ? { href: listAddress(tab, { query: usualQuery(entityRef) }), words: moreWords(page) } : undefined;
  return (
    <CardFrame more={more}>
      <Cautions sources={sources} />
      {isKnown ? <Open page={page} /> : <NotMapped annotations={page.annotations} />}
      {bundles.length > 0 && (
        <>
          <Text as="h3" variant="body-medium" weight="bold">
            What to do first
          </Text>
          <BundleList bundles={bundles} hrefOf={hrefOf} brief />
        </>
      )}
      {isKnown && <Freshness sources={sources} checkedAt={component.checked_at} />}
    </CardFrame>
  );
};

const Open = ({ page }: { page: ComponentPage }) => {
  const { open, overdue } = page.component;
  if (open.total === 0) {
    return <Text>{neverRead(page.sources) ? 'No finding has arrived yet.' : 'No open findings.'}</Text>;
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

function moreWords(page: ComponentPage): string {
  const { total } = page.component.open;
  return total ? `All ${count(total, 'open finding')}` : 'All findings';
}
