import { Flex, Skeleton, Text, VisuallyHidden } from '@backstage/ui';
import { useEffect, useState } from 'react';

/** After so many milliseconds rows without words look like a page that hangs. */
const PATIENCE_MS = 1_000;

/** Rows of the real height while an answer is awaited, with words for who does not see them, and for all when it takes long. */
export const Loading = ({
  rows = 3,
  height = 20,
  words = 'Loading findings…',
}: {
  rows?: number;
  height?: number;
  words?: string;
}) => {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Flex direction="column" gap="3" role="status">
      {isLong ? (
        <Text variant="body-small" color="secondary">
          {words}
        </Text>
      ) : (
        <VisuallyHidden>{words}</VisuallyHidden>
      )}
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} width="100%" height={height} />
      ))}
    </Flex>
  );
};
