import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { count } from '../parts/words';
import styles from './Coverage.module.css';

/** For how many components it is known what they consist of, and why not of the others. */
export const Coverage = () => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer('coverage', () => api.sbomCoverage());
  if (answer.state === 'loading') {
    return null;
  }
  if (answer.state === 'failed') {
    return <Text color="secondary">Of how many components it is known what they consist of cannot be told now.</Text>;
  }
  const { components, covered, reasons } = answer.value;
  if (components === 0) {
    return <Text color="secondary">There is no component that you may ask about.</Text>;
  }
  return (
    <>
      <Text color="secondary">
        What they consist of is known of {covered.toLocaleString('en-US')} of {count(components, 'component')}. Of the others nothing is
        known, which is not the same as nothing used.
      </Text>
      {reasons.length > 0 && (
        <ul className={styles.reasons} aria-label="Why it is not known">
          {reasons.map(each => (
            <li key={each.reason}>
              {count(each.components, 'component')}: {each.sentence}
            </li>
          ))}
        </ul>
      )}
    </>
  );
};
