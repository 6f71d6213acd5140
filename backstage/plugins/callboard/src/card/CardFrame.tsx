import { Card, CardBody, CardFooter, CardHeader, Flex, Link, Text } from '@backstage/ui';
import type { ReactNode } from 'react';
import { FocusStays } from '../parts/FocusStays';
import readable from '../parts/Readable.module.css';

/** The frame of every card of ours: a heading, what it says, and the way to more. */
export const CardFrame = ({
  title = 'Security findings',
  children,
  more,
}: {
  title?: string;
  children: ReactNode;
  more?: { href: string; words: string };
}) => (
  <Card className={readable.readable}>
    <CardHeader>
      <Text as="h2" variant="title-x-small" weight="bold">
        {title}
      </Text>
    </CardHeader>
    <CardBody>
      <FocusStays>
        <Flex direction="column" gap="3">
          {children}
        </Flex>
      </FocusStays>
    </CardBody>
    {more && (
      <CardFooter>
        <Link href={more.href}>{more.words}</Link>
      </CardFooter>
    )}
  </Card>
);
