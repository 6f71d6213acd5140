import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Text } from '@backstage/ui';
import type { FindingPage } from '../api/types';
import { plain } from '../parts/words';
import { Words } from './Words';
import styles from './History.module.css';

/** Whose a finding is, and the evidence for it; a guess is told as one. */
export const Whose = ({ page }: { page: FindingPage }) => {
  const { ownership } = page.finding;
  const winners = page.candidates.filter(each => each.won);
  const losers = page.candidates.filter(each => !each.won);
  // Where nobody won, each of those who contradict one another can be settled.
  const asked = ownership.verdict === 'conflict' ? page.candidates : winners;
  return (
    <>
      {page.base && <Base base={page.base} />}
      {ownership.verdict === 'unmapped' && (
        <Text>Nobody&apos;s yet{ownership.reason ? `: ${plain(ownership.reason)}` : ''}.</Text>
      )}
      {ownership.verdict === 'conflict' && (
        <Text>Components contradict each other, so none of them has it for certain.</Text>
      )}
      <Candidates candidates={winners} />
      {asked.length > 0 && (
        <Words
          components={[...new Set(asked.map(each => each.component))]}
          resource={page.resource.id}
          source={page.finding.source}
        />
      )}
      {losers.length > 0 && (
        <>
          <Text variant="body-small" color="secondary">
            Also named:
          </Text>
          <Candidates candidates={losers} />
        </>
      )}
      {page.candidates.length === 0 && ownership.verdict !== 'unmapped' && (
        <Text color="secondary">The evidence is not recorded.</Text>
      )}
    </>
  );
};

/** Whose that is which came with a base image; below it stands the evidence for who runs it. */
const Base = ({ base }: { base: NonNullable<FindingPage['base']> }) =>
  base.inherited ? (
    <Text>
      Inherited from the base image {base.base}, for{' '}
      {base.builders.length
        ? base.builders.map((ref, at) => (
            <span key={ref}>
              {at > 0 && ', '}
              <EntityRefLink entityRef={ref} />
            </span>
          ))
        : 'a component that you may not see'}{' '}
      to fix. Who runs it rebuilds once a newer base is there.
    </Text>
  ) : null;

const Candidates = ({ candidates }: { candidates: FindingPage['candidates'] }) =>
  candidates.length ? (
    <ul className={styles.story}>
      {candidates.map(each => (
        <li key={`${each.component} ${each.text}`}>
          <EntityRefLink entityRef={each.component} />: {each.text}
        </li>
      ))}
    </ul>
  ) : null;
