import { useApi } from '@backstage/core-plugin-api';
import { Skeleton, Text, VisuallyHidden } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import type { ComponentRow } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { useTurn } from '../api/useTurn';
import { unknownWord } from '../card/standing';
import { When } from '../parts/When';
import { failureWords } from '../parts/words';
import styles from './FigureCell.module.css';

/** What one column tells of an entity. */
export type Figure = 'critical' | 'high' | 'overdue' | 'seen';

/** One figure of one entity in the catalog's table. What is not known is a word, never a zero. */
export const FigureCell = ({
  entityRef,
  figure,
  isListing = false,
}: {
  entityRef: string;
  figure: Figure;
  /** The catalog is about to show other rows. */
  isListing?: boolean;
}) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(entityRef, signal => api.row(entityRef, signal), { isHeld: isListing, revision: useTurn() });
  switch (answer.state) {
    case 'loading':
      return <Skeleton width={24} height={16} />;
    case 'failed':
      return <Unknown figure={figure} word="unknown" why={failureWords(answer.error)} />;
    default:
      return <Told row={answer.value} figure={figure} />;
  }
};

const WHY = {
  'not mapped': 'Nobody can tell which findings belong here.',
  'not read yet': 'No source has been read completely yet.',
};

const Told = ({ row, figure }: { row?: ComponentRow; figure: Figure }) => {
  if (!row) {
    return <Unknown figure={figure} word="not yours" why="Callboard has nothing to show you here." />;
  }
  const unknown = unknownWord(row);
  if (unknown) {
    return <Unknown figure={figure} word={unknown} why={WHY[unknown]} />;
  }
  if (figure === 'seen') {
    return row.checked_at ? (
      <Text variant="body-small">
        <When at={row.checked_at} />
      </Text>
    ) : (
      <Unknown figure={figure} word="never" why="Not checked yet." />
    );
  }
  const n = figure === 'overdue' ? row.overdue : row.open[figure];
  if (n === null) {
    return <Unknown figure={figure} word="?" why="Not counted." />;
  }
  return <span className={n ? styles[figure] : styles.none}>{n.toLocaleString('en-US')}</span>;
};

/** The word stands in the first of our columns; the others have a mark, so that a table of strangers stays readable. */
const Unknown = ({ figure, word, why }: { figure: Figure; word: string; why: string }) => (
  <span title={why} className={styles.unknown}>
    {figure === 'critical' || figure === 'seen' ? word : '?'}
    <VisuallyHidden>. {why}</VisuallyHidden>
  </span>
);
