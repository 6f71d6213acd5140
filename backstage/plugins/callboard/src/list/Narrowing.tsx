import { useApi } from '@backstage/core-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import type { Facet } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { plain } from '../parts/words';
import styles from './Narrowing.module.css';

/** Facets with more values than these show the first; the box takes any. */
const MOST = 6;

/** What the list could be narrowed to, with counts; each chip is a link to exactly that. */
export const Narrowing = ({ query, hrefOf }: { query: string; hrefOf: (query: string) => string }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(query, () => api.facets(query));
  if (answer.state === 'failed') {
    return (
      <Text variant="body-small" color="secondary">
        What this list could be narrowed to is not known now.
      </Text>
    );
  }
  if (answer.state === 'loading') {
    return <div className={styles.waiting} />;
  }
  const told = answer.value.facets.filter(each => each.values.length > 1);
  return (
    <nav aria-label="Narrow the list">
      <Flex direction="column" gap="1">
        {told.map(each => (
          <Chips key={each.key} facet={each} hrefOf={hrefOf} />
        ))}
      </Flex>
    </nav>
  );
};

const Chips = ({ facet, hrefOf }: { facet: Facet; hrefOf: (query: string) => string }) => (
  <Flex gap="2" align="center" className={styles.chips}>
    <Text variant="body-small" color="secondary">
      {plain(facet.key)}
    </Text>
    {facet.values.slice(0, MOST).map(each => (
      <Link key={each.value} href={hrefOf(each.query)} variant="body-small" className={styles.chip}>
        {each.words} {each.findings.toLocaleString('en-US')}
      </Link>
    ))}
    {(facet.values.length > MOST || facet.too_many) && (
      <Text variant="body-small" color="secondary">
        and more
      </Text>
    )}
  </Flex>
);
