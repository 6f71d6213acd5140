import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { plain } from '../parts/words';
import styles from './Narrowing.module.css';

const ORDERS: Record<string, string> = {
  'do-now': 'what to do first comes first',
  severity: 'the worst come first',
  due: 'what is due earliest comes first',
  newest: 'the newest come first',
  oldest: 'the oldest come first',
};

/** The question in plain words, below its box. A question that cannot be understood is told by its list. */
export const InWords = ({ query }: { query: string }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(query, () => api.explain(query));
  if (answer.state === 'loading') {
    return <div className={styles.line} />;
  }
  if (answer.state === 'failed') {
    return null;
  }
  const { parts, sort } = answer.value;
  return (
    <Text variant="body-small" color="secondary">
      In words: {parts.join('; ') || 'everything that you may see'}; {ORDERS[sort] ?? plain(sort)}.
    </Text>
  );
};
