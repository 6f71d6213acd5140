import { Button } from '@backstage/ui';
import { useDeciding } from './useDeciding';
import type { Target } from './target';

/** Opens what may be said about a row, for who may say anything. */
export const DecideButton = ({ target, about }: { target: Target; about: string }) => {
  const deciding = useDeciding();
  return deciding?.me && !deciding.why ? (
    <Button size="small" variant="secondary" aria-label={`Decide: ${about}`} aria-haspopup="dialog" onPress={() => deciding.ask(target)}>
      Decide
    </Button>
  ) : null;
};
