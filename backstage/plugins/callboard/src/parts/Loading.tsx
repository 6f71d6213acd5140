import { Flex, Skeleton, VisuallyHidden } from '@backstage/ui';

/** Rows of the real height while an answer is awaited, with words for who does not see them. */
export const Loading = ({ rows = 3, height = 20 }: { rows?: number; height?: number }) => (
  <Flex direction="column" gap="3" role="status">
    <VisuallyHidden>Loading findings…</VisuallyHidden>
    {Array.from({ length: rows }, (_, at) => (
      <Skeleton key={at} width="100%" height={height} />
    ))}
  </Flex>
);
