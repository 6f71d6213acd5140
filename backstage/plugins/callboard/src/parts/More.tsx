import { Button, Flex } from '@backstage/ui';

/** The way to the next page of a list, where there is one. */
export const More = ({ more, isMore }: { more?: () => void; isMore: boolean }) =>
  more || isMore ? (
    <Flex mt="3">
      <Button size="small" variant="secondary" isPending={isMore} onPress={more}>
        Show more
      </Button>
    </Flex>
  ) : null;
