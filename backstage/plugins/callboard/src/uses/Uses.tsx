import { useApi } from '@backstage/core-plugin-api';
import { Alert, Flex, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import type { WhoUses } from '../api/types';
import { usePages } from '../list/usePages';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { More } from '../parts/More';
import { count } from '../parts/words';
import { type Asked, questionOf } from './address';
import { Coverage } from './Coverage';
import { UsesTable } from './UsesTable';

/** Versions that are named; there may be more. */
const MOST = 12;
const ROWS = 50;

/** The answer to one question. "Nobody" is said only where something was looked through. */
export const Uses = ({ asked }: { asked: Asked }) => {
  const api = useApi(callboardApiRef);
  const { error, again, page, rows, more, isMore } = usePages(
    part => api.whoUses({ ...questionOf(asked), ...part }),
    found => found.uses,
    { limit: ROWS },
  );
  if (error) {
    return <Failure error={error} again={again} what="Uses of packages" />;
  }
  if (!page) {
    return <Loading rows={6} height={44} words="Loading who uses it…" />;
  }
  return (
    <Flex direction="column" gap="4">
      <Told page={page} />
      {rows.length > 0 && <UsesTable rows={rows} />}
      <More more={more} isMore={isMore} />
      {rows.length > 0 && (
        <Text variant="body-small" color="secondary">
          Since is when Callboard first knew of it.
        </Text>
      )}
    </Flex>
  );
};

const Told = ({ page }: { page: WhoUses }) => (
  <>
    <div role="status">{page.total > 0 ? <Found page={page} /> : <Nobody page={page} />}</div>
    {page.not_compared.length > 0 && (
      <Alert
        role="note"
        status="warning"
        icon
        title={`${count(page.not_compared.length, 'package')} could not be compared.`}
        description={`In use, and neither inside nor outside of the range: ${list(page.not_compared.map(each => each.purl), 5)}.`}
      />
    )}
  </>
);

const Found = ({ page }: { page: WhoUses }) => (
  <>
    <Text as="h2" variant="title-x-small" weight="bold">
      {count(page.components, 'component')} of {count(page.owners, 'team')}
    </Text>
    <Text variant="body-small" color="secondary">
      {page.start === null ? 'Now' : 'In that time'}, in {count(page.total, 'place')} of {count(page.manifests, 'manifest')} that you may see.
      Versions: {list(page.versions, MOST)}.
    </Text>
  </>
);

const Nobody = ({ page }: { page: WhoUses }) => (
  <Flex direction="column" gap="2">
    <Text as="h2" variant="title-x-small" weight="bold">
      {page.manifests > 0 ? 'Nobody, as far as is known' : 'Not known'}
    </Text>
    <Text>
      {page.manifests > 0
        ? `None of ${count(page.manifests, 'manifest')} that you may see ${page.start === null ? 'names' : 'named'} ${page.package}.`
        : `Nothing is known of what components ${page.start === null ? 'consist' : 'consisted'} of.`}
    </Text>
    <Coverage />
  </Flex>
);

function list(words: readonly string[], most: number): string {
  const more = words.length - most;
  return more > 0 ? `${words.slice(0, most).join(', ')} and ${more.toLocaleString('en-US')} more` : words.join(', ');
}
