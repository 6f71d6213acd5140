import { ButtonLink, Text } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';
import { safeLink } from './links';

/** The way to the source's own page of something, or why there is none. */
export const DeepLink = ({
  link,
  problem,
  source,
  about,
  onFollow,
}: {
  link: string | null;
  problem: string | null;
  source?: string;
  about: string;
  /** That somebody goes there. */
  onFollow?: () => void;
}) => {
  const safe = safeLink(link);
  const words = `Open in ${source ?? 'source'}`;
  if (!safe) {
    return (
      <Text variant="body-small" color="secondary">
        {problem ?? 'There is no link that may be shown.'}
      </Text>
    );
  }
  return (
    <ButtonLink
      size="small"
      variant="secondary"
      href={safe}
      target="_blank"
      rel="noopener noreferrer"
      onPress={onFollow}
      aria-label={`${words}: ${about}`}
      iconEnd={<RiExternalLinkLine aria-hidden="true" />}
    >
      {words}
    </ButtonLink>
  );
};
