import { Button, Flex, SearchField } from '@backstage/ui';
import { type FormEvent, useState } from 'react';

/** The one box that shows all that is in force, and takes a CVE, a rule, a resource's id or any question of the language. */
export const QueryBox = ({ query, usual, onAsk }: { query: string; usual: string; onAsk: (query: string) => void }) => {
  const [text, setText] = useState(query);
  const [known, setKnown] = useState(query);
  if (known !== query) {
    // Not in an effect: that may come after somebody has begun to type.
    setKnown(query);
    setText(query);
  }
  const ask = (event: FormEvent) => {
    event.preventDefault();
    onAsk(text.trim() || usual);
  };
  return (
    <form role="search" aria-label="Find findings" onSubmit={ask}>
      <Flex gap="2" align="end">
        <div style={{ flex: 1, minWidth: 0 }}>
          <SearchField
            label="Find findings"
            description="A CVE, a rule, a resource's id, words, or terms such as severity:critical,high"
            value={text}
            onChange={setText}
          />
        </div>
        <Button type="submit" size="small" variant="primary">
          Find
        </Button>
        {query !== usual && (
          <Button size="small" variant="tertiary" onPress={() => onAsk(usual)}>
            Start over
          </Button>
        )}
      </Flex>
    </form>
  );
};
